// A VM whose boot time-out passed can't activate any more: its key has expired.
import { duration } from '@pilotfish/matcher';
import { lifetimesOf } from '../profiles.ts';
import { decided, type Rule } from '../rule.ts';

export const stopBootTimeouts: Rule = (seen, policy, before) => {
  const done = decided(before);
  return seen.vms.flatMap((vm) => {
    if ((vm.state !== 'ordered' && vm.state !== 'booting') || vm.openAttempts > 0 || done.has(vm.id)) return [];
    const { bootTimeoutS } = lifetimesOf(seen, policy, vm);
    if (seen.at - vm.orderedAt.getTime() < bootTimeoutS * 1000) return [];
    const because = `It never called home within its boot time-out of ${duration(bootTimeoutS)}.`;
    return [{ kind: 'terminate', vmId: vm.id, because }];
  });
};
