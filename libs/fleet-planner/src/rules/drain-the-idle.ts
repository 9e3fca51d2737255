// A VM without work for its profile's time leaves, unless the profile's floor or a waiting job needs it. What the busy
// VMs can take first doesn't keep an idle one.
import { duration } from '@pilotfish/matcher';
import type { FleetAction } from '@pilotfish/model';
import { inPackingOrder, place } from '../packing.ts';
import type { Policy } from '../policy.ts';
import { lifetimesOf, newestProfiles } from '../profiles.ts';
import { decided, type Rule } from '../rule.ts';
import type { Seen, SeenVm } from '../seen.ts';
import { compareIds, supplyOf } from '../supply.ts';

export const drainTheIdle: Rule = (seen, policy, before) => {
  const done = decided(before);
  const vos = [...new Set(seen.vms.map(({ vo }) => vo))].sort();
  const above = aboveTheFloor(seen, done);
  return vos.flatMap((vo) =>
    useless(seen, policy, before, vo).flatMap((vm): FleetAction[] => {
      if (!above(vm)) return [];
      const idleS = (seen.at - (vm.idleSince?.getTime() ?? seen.at)) / 1000;
      const { idleS: patienceS } = lifetimesOf(seen, policy, vm);
      const because = `It has been idle for ${duration(idleS)} (its profile allows ${duration(patienceS)}) and no waiting job needs it.`;
      return [{ kind: 'drain', vmId: vm.id, because }];
    }),
  );
};

/** Idle past their time and not needed by the VO's demand; longest idle first. */
function useless(seen: Seen, policy: Policy, before: readonly FleetAction[], vo: string): readonly SeenVm[] {
  const done = decided(before);
  const running = seen.vms.filter((vm) => vm.vo === vo && vm.state === 'running' && !done.has(vm.id));
  const idle = running.filter((vm) => isIdle(seen, policy, vm));
  if (idle.length === 0) return [];
  const idleIds = new Set(idle.map(({ id }) => id));
  const offers = new Map(supplyOf(seen, vo, before).map(({ vm, offer }) => [vm?.id, offer]));
  let waiting = inPackingOrder(seen.demand.filter(({ queue }) => queue.vo === vo));
  /** Whether the VM can take any of the jobs that the VMs asked before it left over. */
  const takesSome = ({ id }: SeenVm): boolean => {
    const offer = offers.get(id);
    if (offer === undefined) return false;
    const placed = place(offer, waiting);
    waiting = placed.waiting;
    return placed.jobs > 0;
  };
  for (const vm of running) if (!idleIds.has(vm.id)) takesSome(vm);
  // The shortest idle are given the jobs, so that the longest idle leave.
  return idle
    .sort((left, right) => byIdleness(right, left))
    .filter((vm) => !takesSome(vm))
    .reverse();
}

function isIdle(seen: Seen, policy: Policy, vm: SeenVm): boolean {
  if (vm.openAttempts > 0 || vm.idleSince === null) return false;
  return seen.at - vm.idleSince.getTime() >= lifetimesOf(seen, policy, vm).idleS * 1000;
}

function byIdleness(left: SeenVm, right: SeenVm): number {
  return (left.idleSince?.getTime() ?? 0) - (right.idleSince?.getTime() ?? 0) || compareIds(left.id, right.id);
}

/** Says of each VM in turn whether its profile has a running one to spare; each yes spends one. */
function aboveTheFloor(seen: Seen, done: ReadonlySet<string>): (vm: SeenVm) => boolean {
  const key = (vo: string, profile: string) => JSON.stringify([vo, profile]);
  const spare = new Map(newestProfiles(seen.profiles).map(({ vo, name, minVms }) => [key(vo, name), -minVms]));
  for (const vm of seen.vms) {
    if (vm.state !== 'running' || done.has(vm.id)) continue;
    spare.set(key(vm.vo, vm.profile), (spare.get(key(vm.vo, vm.profile)) ?? 0) + 1);
  }
  return (vm) => {
    const left = spare.get(key(vm.vo, vm.profile)) ?? 0;
    if (left > 0) spare.set(key(vm.vo, vm.profile), left - 1);
    return left > 0;
  };
}
