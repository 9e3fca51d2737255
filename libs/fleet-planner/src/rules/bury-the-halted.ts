// A VM told to stop is deleted once nothing runs on it, or when it holds on to an attempt beyond the stop time-out.
import { counted, duration } from '@pilotfish/matcher';
import { lastSignOfLife } from '../life.ts';
import { decided, type Rule } from '../rule.ts';

export const buryTheHalted: Rule = (seen, policy, before) => {
  const done = decided(before);
  return seen.vms.flatMap((vm) => {
    if ((vm.state !== 'stopping' && vm.state !== 'stopped') || done.has(vm.id)) return [];
    if (vm.openAttempts === 0) {
      return [{ kind: 'terminate', vmId: vm.id, because: 'It was told to stop and no attempt is open on it.' }];
    }
    const stoppingS = (seen.at - (vm.stateSince ?? lastSignOfLife(vm))) / 1000;
    if (stoppingS < policy.stopTimeoutS) return [];
    const held = `${counted(vm.openAttempts, 'attempt')} still open`;
    const because = `It was told to stop ${duration(stoppingS)} ago, longer than the time-out of ${duration(policy.stopTimeoutS)}, with ${held}.`;
    return [{ kind: 'terminate', vmId: vm.id, because }];
  });
};
