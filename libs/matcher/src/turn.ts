// Whose turn it is: queues stand in a tree of turns, and the node that stands lowest at each level goes first. Share
// decides the tree and the standing; packing (fill.ts) then chooses within a turn, or within a bounded debt.
import type { Resources, TaskQueue } from '@pilotfish/model';

/** A task queue with waiting jobs. Between fills only `waiting` may change in place; anything else is a new list. */
export interface Candidate {
  readonly queue: TaskQueue;
  readonly waiting: number;
  /** Higher goes first, among the queues of one owner. */
  readonly priority: number;
  /** When its oldest waiting job was submitted, ms since the epoch. */
  readonly oldestAt: number;
  /** Cores that its owner runs now, anywhere. */
  readonly inUse: number;
}

/** One node on the way from the top of the tree to the turn of a queue. */
export interface Level {
  /** Unlike any other in the tree. */
  readonly key: string;
  /** Above zero; what is served is divided by it. */
  readonly weight: number;
  /** Core-seconds that it may be ahead of its share after a rest. */
  readonly burstCoreS: number;
}

/** Where a queue takes its turns. Queues with the same last level share turns. */
export interface Place {
  /** Served only when nothing else fits. */
  readonly background: boolean;
  /** The key above the first level: one for all places that aren't background, another for those that are. */
  readonly root: string;
  readonly levels: readonly Level[];
}

export interface Places {
  placeOf(queue: TaskQueue): Place;
}

export interface TurnNode extends Level {
  /** Its position in the list; -1 above the root, which comes first. */
  readonly parent: number;
  /** The oldest of its candidates that suit the node. */
  readonly first: Candidate;
}

export interface TurnRule {
  /** Never changes while this object lives: what is derived from it is kept. */
  readonly places: Places;
  /** Where each node stands when a fill begins, lowest first; a new array, which the fill changes. */
  starts(nodes: readonly TurnNode[]): Float64Array;
  /** How far a pick moves a node of weight 1 back. */
  cost(candidate: Candidate, each: Resources): number;
  /** A turn may go to a job that packs better only while those passed over are owed less than this, in units of `cost`. */
  readonly packingDebt: number;
}

/** The owner with the fewest cores (those picked so far included), then the one that waits longest. */
export const fewestCoresFirst: TurnRule = {
  places: {
    placeOf: ({ owner }) => ({
      background: false,
      root: '',
      levels: [{ key: owner, weight: 1, burstCoreS: 0 }],
    }),
  },
  starts: (nodes) => Float64Array.from(nodes, ({ first }) => first.inUse),
  cost: (_candidate, each) => each.processors,
  packingDebt: 0,
};
