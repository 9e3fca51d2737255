// What is worked out once per list of candidates and kept for later fills: the order of age, and for every kind of node
// that asked the tree of turns over those that suit it.
import type { Offer } from '@pilotfish/model';
import { compile, kindOf, suits } from './compiled-need.ts';
import type { Ranked } from './ranked.ts';
import type { Candidate, Places } from './turn.ts';
import { type TurnTree, turnTrees } from './turn-tree.ts';

type Trees = readonly [TurnTree, TurnTree];

/** Bounds the memory of one list: candidates in all kept trees together (some 100 bytes each). */
const MAX_KEPT = 300_000;

/** By list: the caller reads candidates into a new list when anything but a `waiting` changes. */
const indexes = new WeakMap<readonly Candidate[], CandidateIndex>();

/** For one fill: the usual candidates, then the background ones. */
export function treesFor(offer: Offer, candidates: readonly Candidate[], places: Places): Trees {
  let index = indexes.get(candidates);
  if (index === undefined) {
    index = new CandidateIndex(candidates);
    indexes.set(candidates, index);
  }
  return index.trees(offer, places);
}

class CandidateIndex {
  #kept = 0;
  readonly #ranked: readonly Ranked[];
  readonly #byPlaces = new WeakMap<Places, Map<string, Trees>>();

  constructor(candidates: readonly Candidate[]) {
    this.#ranked = [...candidates]
      .sort((left, right) => left.oldestAt - right.oldestAt || left.queue.id - right.queue.id)
      .map((candidate, rank) => ({ candidate, need: compile(candidate.queue), rank }));
  }

  trees(offer: Offer, places: Places): Trees {
    const byKind = this.#kinds(places);
    const kind = kindOf(offer);
    const known = byKind.get(kind);
    if (known !== undefined) return known;
    const suiting = this.#ranked.filter(({ need }) => suits(need, offer));
    const trees = turnTrees(suiting, places);
    this.#kept += suiting.length;
    if (this.#kept > MAX_KEPT) {
      byKind.clear();
      this.#kept = suiting.length;
    }
    byKind.set(kind, trees);
    return trees;
  }

  #kinds(places: Places): Map<string, Trees> {
    const known = this.#byPlaces.get(places);
    if (known !== undefined) return known;
    const made = new Map<string, Trees>();
    this.#byPlaces.set(places, made);
    return made;
  }
}
