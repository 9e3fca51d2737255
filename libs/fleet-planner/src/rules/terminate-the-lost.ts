// A stalled VM that stays silent is given up. The grace also counts from the moment it was marked as stalled, so that
// an outage of the centre, during which nobody could beat, kills no VM that comes back right after it.
import { duration } from '@pilotfish/matcher';
import { lastSignOfLife } from '../life.ts';
import { lifetimesOf } from '../profiles.ts';
import { decided, type Rule } from '../rule.ts';

export const terminateTheLost: Rule = (seen, policy, before) => {
  const done = decided(before);
  return seen.vms.flatMap((vm) => {
    if (vm.state !== 'stalled' || done.has(vm.id)) return [];
    const silentAt = lastSignOfLife(vm);
    const lostAt = silentAt + lifetimesOf(seen, policy, vm).lostAfterS * 1000;
    if (seen.at < Math.max(lostAt, vm.stateSince ?? 0) + policy.lostGraceS * 1000) return [];
    const because = `It has not been heard of for ${duration((seen.at - silentAt) / 1000)} and counts as lost.`;
    return [{ kind: 'terminate', vmId: vm.id, because }];
  });
};
