// Which VM to start next for a VO's unplaced demand, and what it will serve.
import { fits } from '@pilotfish/matcher';
import type { QueueId, Resources, VmProfile } from '@pilotfish/model';
import { emptyOffer } from './offers.ts';
import { type Placed, place, type Waiting } from './packing.ts';
import type { Room } from './room.ts';
import type { SeenEndpoint } from './seen.ts';

export interface Opening {
  readonly queue: QueueId;
  readonly profile: VmProfile;
  readonly observed: SeenEndpoint;
  readonly placed: Placed;
}

/**
 * Serves the queue for which this plan opened the fewest VMs (`opened`), then the oldest: one endless queue doesn't take
 * every launch. Undefined: no queue can be given a VM, now or later in this plan.
 */
export function nextOpening(
  waiting: readonly Waiting[],
  opened: ReadonlyMap<QueueId, number>,
  profiles: readonly VmProfile[],
  room: Room,
  goodFill: number,
): Opening | undefined {
  const turns = [...waiting].sort((left, right) => {
    const [l, r] = [left.demand, right.demand];
    const times = (id: QueueId) => opened.get(id) ?? 0;
    return times(l.queue.id) - times(r.queue.id) || l.oldestAt - r.oldestAt || l.queue.id - r.queue.id;
  });
  for (const { demand } of turns) {
    const options = profiles.flatMap((profile): Opening[] => {
      const observed = room.openEndpoint(profile, ({ endpoint }) => fits(demand.queue, emptyOffer(profile, endpoint)));
      if (observed === undefined) return [];
      const placed = place(emptyOffer(profile, observed.endpoint), waiting);
      return [{ queue: demand.queue.id, profile, observed, placed }];
    });
    const best = options.sort((left, right) => byUse(left, right, goodFill))[0];
    if (best !== undefined) return best;
  }
  return undefined;
}

/** Spare GPUs are the dearest waste; then a VM that is well filled; of those the one that serves most; then the leanest. */
function byUse(left: Opening, right: Opening, goodFill: number): number {
  const idleGpus = ({ profile, placed }: Opening) => profile.capacity.gpus - placed.asked.gpus;
  const fill = ({ profile, placed }: Opening) => Math.min(goodFill, fillOf(placed.asked, profile.capacity));
  return (
    idleGpus(left) - idleGpus(right) ||
    fill(right) - fill(left) ||
    right.placed.asked.processors - left.placed.asked.processors ||
    left.profile.capacity.processors - right.profile.capacity.processors ||
    left.profile.capacity.memoryMb - right.profile.capacity.memoryMb ||
    (left.profile.name < right.profile.name ? -1 : 1)
  );
}

/** By the scarcest quantity: a VM whose memory is taken is full, whatever cores it has left. */
function fillOf(asked: Resources, capacity: Resources): number {
  const share = (used: number, of: number) => (of > 0 ? used / of : 0);
  return Math.max(share(asked.processors, capacity.processors), share(asked.memoryMb, capacity.memoryMb));
}
