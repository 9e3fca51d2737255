// One ask fills the whole offer: the turn goes to the job of its lane that packs best, or within a bounded debt to one
// of another lane that packs better, until nothing more fits. Background shares come after all others.
import type { Offer } from '@pilotfish/model';
import { treesFor } from './candidate-index.ts';
import { Filling } from './filling.ts';
import { type Best, Lane } from './lane.ts';
import type { Room } from './limits/room.ts';
import type { Pick } from './pick.ts';
import { type Candidate, fewestCoresFirst, type TurnRule } from './turn.ts';
import { TurnOrder } from './turn-order.ts';
import type { TurnTree } from './turn-tree.ts';

/** Turns that packing looks ahead, the head's included. */
export const PACKING_LANES = 16;

/**
 * At most `limit` jobs in all. The picks together never exceed what is free or what `room` leaves; nothing that still
 * fits is left out. What is worked out per list of candidates is kept, so pass the same list as long as it holds.
 */
export function fill(
  offer: Offer,
  candidates: readonly Candidate[],
  limit: number,
  turnRule: TurnRule = fewestCoresFirst,
  room?: Room,
): readonly Pick[] {
  const filling = new Filling(offer, limit, room);
  for (const tree of treesFor(offer, candidates, turnRule.places)) new Serving(tree, turnRule, filling).run();
  return filling.picks;
}

interface Chosen {
  readonly leaf: number;
  readonly best: Best;
}

class Serving {
  readonly #tree: TurnTree;
  readonly #rule: TurnRule;
  readonly #filling: Filling;
  readonly #order: TurnOrder;
  readonly #lanes = new Map<number, Lane>();

  constructor(tree: TurnTree, rule: TurnRule, filling: Filling) {
    this.#tree = tree;
    this.#rule = rule;
    this.#filling = filling;
    this.#order = new TurnOrder(tree, rule.starts(tree.nodes));
  }

  run(): void {
    while (!this.#filling.isOver) {
      const head = this.#head();
      if (head === undefined) return;
      const { leaf, best } = this.#betterPacked(head);
      const { candidate } = best.one;
      const each = this.#filling.take(candidate.queue);
      best.from.left -= 1;
      this.#order.charge(leaf, this.#rule.cost(candidate, each));
    }
  }

  #head(): Chosen | undefined {
    for (let leaf = this.#order.head(); leaf !== undefined; leaf = this.#order.head()) {
      const best = this.#bestOf(leaf);
      if (best !== undefined) return { leaf, best };
      this.#order.close(leaf);
    }
    return undefined;
  }

  #betterPacked(head: Chosen): Chosen {
    const { packingDebt } = this.#rule;
    if (packingDebt <= 0 || head.best.cores >= this.#filling.freeCores) return head;
    for (;;) {
      const near = this.#order.within(packingDebt, PACKING_LANES).map((leaf) => ({ leaf, best: this.#bestOf(leaf) }));
      const done = near.filter(({ best }) => best === undefined);
      if (done.length === 0) return mostCores(near as readonly Chosen[]);
      // Closing them moves others into reach.
      for (const { leaf } of done) this.#order.close(leaf);
    }
  }

  #bestOf(leaf: number): Best | undefined {
    let lane = this.#lanes.get(leaf);
    if (lane === undefined) {
      lane = new Lane(this.#tree.lanes[leaf]!);
      this.#lanes.set(leaf, lane);
    }
    return lane.best(this.#filling);
  }
}

/** The earliest in turn of those that get the most cores. */
function mostCores(near: readonly Chosen[]): Chosen {
  return near.reduce((chosen, one) => (one.best.cores > chosen.best.cores ? one : chosen));
}
