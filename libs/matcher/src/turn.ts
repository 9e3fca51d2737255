// Whose turn it is. Share decides this; packing (fill.ts) then chooses only among the jobs that have the same turn.
import type { Resources, TaskQueue } from '@pilotfish/model';

/** A task queue with waiting jobs. */
export interface Candidate {
  readonly queue: TaskQueue;
  readonly waiting: number;
  /** Higher goes first. */
  readonly priority: number;
  /** When its oldest waiting job was submitted, ms since the epoch. */
  readonly oldestAt: number;
  /** Cores that its owner runs now, anywhere. */
  readonly inUse: number;
}

/** The order of turns during one fill; it learns of every pick through `charge`. */
export interface Turns {
  /** Negative: `left` goes first. A total order: zero only for the same queue. */
  compare(left: Candidate, right: Candidate): number;
  /** Whether `other` may be served in `head`'s turn when it packs better. */
  sameTurn(head: Candidate, other: Candidate): boolean;
  charge(picked: Candidate, each: Resources): void;
}

/** Starts a fresh order; a share policy closes over its usage here. */
export type TurnRule = () => Turns;

/** Highest priority, then the owner with the fewest cores (those picked so far included), then oldest, then queue id. */
export const fewestCoresFirst: TurnRule = () => {
  const picked = new Map<string, number>();
  const cores = (candidate: Candidate) => candidate.inUse + (picked.get(candidate.queue.owner) ?? 0);
  return {
    compare: (left, right) =>
      right.priority - left.priority ||
      cores(left) - cores(right) ||
      left.oldestAt - right.oldestAt ||
      left.queue.id - right.queue.id,
    sameTurn: (head, other) => head.priority === other.priority && head.queue.owner === other.queue.owner,
    charge: (candidate, each) => {
      const { owner } = candidate.queue;
      picked.set(owner, (picked.get(owner) ?? 0) + each.processors);
    },
  };
};
