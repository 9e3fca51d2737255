// A machine that the cloud reports as off or in error runs nothing: once its VM has been silent since before that
// report, nobody waits for the lease to run out.
import { duration } from '@pilotfish/matcher';
import { lastSignOfLife } from '../life.ts';
import { machineFinder } from '../observation.ts';
import { decided, type Rule } from '../rule.ts';

const ALIVE = ['running', 'draining', 'stalled'];

export const terminateTheDead: Rule = (seen, policy, before) => {
  const done = decided(before);
  const machineOf = machineFinder(seen, policy);
  const observedAt = new Map(seen.endpoints.map(({ endpoint, observedAt }) => [endpoint.name, observedAt ?? 0]));
  return seen.vms.flatMap((vm) => {
    if (!ALIVE.includes(vm.state) || done.has(vm.id)) return [];
    const machine = machineOf(vm);
    if (machine === undefined || machine === 'unknown') return [];
    // An error may be of a call that failed beside a machine that works; a machine that is off is off.
    if (machine.status !== 'stopped' && !(machine.status === 'error' && vm.state === 'stalled')) return [];
    const silentMs = (observedAt.get(vm.endpoint) ?? 0) - lastSignOfLife(vm);
    if (silentMs < policy.deadSilenceS * 1000) return [];
    const state = machine.status === 'stopped' ? 'off' : 'in error';
    const because = `${vm.endpoint} reports its machine ${state}, and it has been silent for ${duration(silentMs / 1000)}.`;
    return [{ kind: 'terminate', vmId: vm.id, because }];
  });
};
