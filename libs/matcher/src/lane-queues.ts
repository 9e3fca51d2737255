// The queues that share turns, sorted once: per owner by priority, then by what they ask of a node, then by age.
import type { Requirements } from '@pilotfish/model';
import type { Ranked } from './ranked.ts';

/** Queues that fit a node, or don't, together; oldest first. */
export interface Group {
  readonly requirements: Requirements;
  readonly queues: readonly Ranked[];
}

/** The groups of one priority; the highest first. */
export type Tiers = readonly (readonly Group[])[];

/** One entry per owner: priority orders only what belongs to one owner. */
export type LaneQueues = readonly Tiers[];

/** `queues` in the order of rank, at least one. */
export function laneQueues(queues: readonly Ranked[]): LaneQueues {
  if (queues.length === 1) return [[[groupOf(queues)]]];
  const byOwner = [...groupedBy(queues, ({ candidate }) => candidate.queue.owner).values()];
  const tiers = byOwner.map(tiersOf);
  // Without priorities to keep apart, the owners' queues are compared by age alone, and so may be merged.
  const merged = tiers.length > 1 && tiers.every(({ length }) => length === 1);
  return merged ? [[groupsOf(queues)]] : tiers;
}

function tiersOf(queues: readonly Ranked[]): Tiers {
  return [...groupedBy(queues, ({ candidate }) => candidate.priority)]
    .sort(([left], [right]) => right - left)
    .map(([, tier]) => groupsOf(tier));
}

function groupsOf(queues: readonly Ranked[]): readonly Group[] {
  return [...groupedBy(queues, ({ need }) => need.shape).values()].map(groupOf);
}

/** `queues`: all of one shape. */
function groupOf(queues: readonly Ranked[]): Group {
  return { requirements: queues[0]!.candidate.queue.requirements, queues };
}

function groupedBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
