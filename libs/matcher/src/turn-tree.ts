// The tree of turns over the candidates that suit one kind of node; it holds no state of a fill and is kept for many.
import { type LaneQueues, laneQueues } from './lane-queues.ts';
import type { Ranked } from './ranked.ts';
import type { Level, Places, TurnNode } from './turn.ts';

export interface TurnTree {
  /** Parents before children; the root first. Empty when nothing is in it. */
  readonly nodes: readonly TurnNode[];
  readonly children: readonly (readonly number[])[];
  /** Of the first candidate of each node: who goes first when two stand equal. */
  readonly ranks: Int32Array;
  /** Per node: the largest weight among its children. */
  readonly maxWeights: Float64Array;
  /** Per node: its queues if it is a leaf. */
  readonly lanes: readonly (LaneQueues | undefined)[];
}

/** The tree of those that aren't background, and the one of those that are. `ranked` comes in the order of rank. */
export function turnTrees(ranked: readonly Ranked[], places: Places): readonly [TurnTree, TurnTree] {
  const trees = [new Growing(), new Growing()] as const;
  for (const one of ranked) {
    const { background, root, levels } = places.placeOf(one.candidate.queue);
    trees[background ? 1 : 0].add(one, root, levels);
  }
  return [trees[0].grown(), trees[1].grown()];
}

class Growing {
  readonly #nodes: TurnNode[] = [];
  readonly #children: number[][] = [];
  readonly #ranks: number[] = [];
  readonly #maxWeights: number[] = [];
  readonly #queues: Ranked[][] = [];
  readonly #byKey = new Map<string, number>();

  add(one: Ranked, root: string, levels: readonly Level[]): void {
    let at = this.#nodes.length > 0 ? 0 : this.#grow({ key: root, weight: 1, burstCoreS: 0 }, -1, one);
    const leaf = this.#byKey.get(levels.at(-1)!.key);
    if (leaf !== undefined) at = leaf;
    else for (const level of levels) at = this.#byKey.get(level.key) ?? this.#grow(level, at, one);
    this.#queues[at]!.push(one);
  }

  #grow(level: Level, parent: number, { candidate, rank }: Ranked): number {
    const at = this.#nodes.length;
    const { key, weight, burstCoreS } = level;
    this.#nodes.push({ key, weight, burstCoreS, parent, first: candidate });
    this.#children.push([]);
    this.#ranks.push(rank);
    this.#maxWeights.push(0);
    this.#queues.push([]);
    if (parent >= 0) {
      this.#byKey.set(key, at);
      this.#children[parent]!.push(at);
      this.#maxWeights[parent] = Math.max(this.#maxWeights[parent]!, weight);
    }
    return at;
  }

  grown(): TurnTree {
    return {
      nodes: this.#nodes,
      children: this.#children,
      ranks: Int32Array.from(this.#ranks),
      maxWeights: Float64Array.from(this.#maxWeights),
      lanes: this.#queues.map((queues) => (queues.length > 0 ? laneQueues(queues) : undefined)),
    };
  }
}
