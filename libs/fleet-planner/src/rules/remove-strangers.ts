// A machine with our mark and no live row in the ledger is billed to nobody's use. It goes after a grace, in which a
// row written just before the list was made can still turn up.
import { duration } from '@pilotfish/matcher';
import { type FleetAction, LIVE_VM_STATES, type VmId, type VmState } from '@pilotfish/model';
import { isFresh } from '../observation.ts';
import type { Policy } from '../policy.ts';
import { decided, type Rule } from '../rule.ts';
import type { Seen, SeenEndpoint } from '../seen.ts';

export const removeStrangers: Rule = (seen, policy, before) => {
  const done = decided(before);
  const states = new Map(seen.vms.map((vm) => [vm.id, vm.state]));
  const isLive = (id: VmId) => (LIVE_VM_STATES as readonly (VmState | undefined)[]).includes(states.get(id));
  const removed = new Set<VmId>();
  return seen.endpoints.flatMap((observed) =>
    unowned(observed, seen, policy).flatMap(({ vmId, sinceS }): FleetAction[] => {
      if (sinceS < policy.strangerGraceS || isLive(vmId) || done.has(vmId) || removed.has(vmId)) return [];
      removed.add(vmId);
      const because = `${observed.endpoint.name} has listed its machine for ${duration(sinceS)} without a live row in the ledger.`;
      return [{ kind: 'terminate', vmId, because }];
    }),
  );
};

/** Strangers by the observer's word, and machines of rows that ended. */
function unowned(observed: SeenEndpoint, seen: Seen, policy: Policy): readonly { vmId: VmId; sinceS: number }[] {
  if (!isFresh(observed, seen.at, policy)) return [];
  const endedAt = new Map(seen.vms.flatMap((vm) => (vm.endedAt === null ? [] : [[vm.id, vm.endedAt.getTime()]])));
  const left = observed.machines.flatMap(({ vmId }) => {
    const ended = endedAt.get(vmId);
    return ended === undefined ? [] : [{ vmId, sinceS: (seen.at - ended) / 1000 }];
  });
  const strangers = observed.strangers.map(({ vmId, firstSeenAt }) => ({
    vmId,
    sinceS: (seen.at - firstSeenAt) / 1000,
  }));
  return [...strangers, ...left];
}
