// A machine that the cloud itself reports in error before it ever called home won't come any more.
import { machineFinder } from '../observation.ts';
import { decided, type Rule } from '../rule.ts';

export const terminateTheBroken: Rule = (seen, policy, before) => {
  const done = decided(before);
  const machineOf = machineFinder(seen, policy);
  return seen.vms.flatMap((vm) => {
    if ((vm.state !== 'ordered' && vm.state !== 'booting') || vm.openAttempts > 0 || done.has(vm.id)) return [];
    const machine = machineOf(vm);
    if (machine === undefined || machine === 'unknown' || machine.status !== 'error') return [];
    return [
      { kind: 'terminate', vmId: vm.id, because: `${vm.endpoint} reports its machine in error before it booted.` },
    ];
  });
};
