// Near the end of its life a VM takes no new jobs; those that it has may finish.
import { duration } from '@pilotfish/matcher';
import { endsAt } from '../life.ts';
import { lifetimesOf } from '../profiles.ts';
import { decided, type Rule } from '../rule.ts';

export const drainTheExpired: Rule = (seen, policy, before) => {
  const done = decided(before);
  return seen.vms.flatMap((vm) => {
    if (vm.state !== 'running' || done.has(vm.id)) return [];
    const { maxLifeS } = lifetimesOf(seen, policy, vm);
    const leftS = (endsAt(vm, maxLifeS) - seen.at) / 1000;
    // A short life is not all margin: such a VM would be drained at birth, and replaced for ever.
    if (leftS > Math.min(policy.expiryMarginS, maxLifeS / 10)) return [];
    const because = `${duration(leftS)} are left of its longest life of ${duration(maxLifeS)}.`;
    return [{ kind: 'drain', vmId: vm.id, because }];
  });
};
