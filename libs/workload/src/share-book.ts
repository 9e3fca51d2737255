// The turns as one replica keeps them: squared with the ledger now and then, charged with its own claims in between.
import {
  charge,
  decayed,
  expectedCoreS,
  fairShare,
  type LeafUse,
  noUsage,
  type Place,
  placeOf,
  type ShareTree,
  square,
  type TurnRule,
  type Usage,
  type Who,
  wake,
} from '@pilotfish/matcher';
import type { Resources, TaskQueue } from '@pilotfish/model';
import type { Shares } from './shares.ts';

/** A changed weight acts within a second, the age of the queues' picture included. */
const MAX_AGE_MS = 500;

interface Charge {
  readonly place: Place;
  readonly coreS: number;
}

export class ShareBook {
  #tree: ShareTree = {};
  #written = '';
  #usage: Usage = noUsage();
  #leaves: ReadonlyMap<string, Place> = new Map();
  #expectedS: (queue: TaskQueue) => number = () => 1;
  #rule: TurnRule;
  #squaredAt = Number.NEGATIVE_INFINITY;
  /** What was charged since the newest read of the ledger began. */
  #charges: Charge[] = [];

  constructor() {
    this.#rule = this.#newRule();
  }

  get rule(): TurnRule {
    return this.#rule;
  }

  isDue(now: number): boolean {
    return now - this.#squaredAt > MAX_AGE_MS;
  }

  /** Call before the ledger is read: the read may lack what is charged from here on. */
  beginRead(): void {
    this.#charges = [];
  }

  square(shares: Shares, now: number): void {
    const written = JSON.stringify(shares.tree);
    // The same object as long as nothing changes: the places of all queues are kept by it.
    if (written !== this.#written) this.#tree = shares.tree;
    this.#written = written;
    const ageS = Math.max(0, now - this.#squaredAt) / 1000;
    this.#usage = Number.isFinite(ageS) ? decayed(this.#usage, ageS, shares.halfLifeS) : this.#usage;
    this.#squareLeaves(shares);
    for (const { place, coreS } of this.#charges) charge(this.#usage, place, coreS);
    const means = new Map(shares.use.map((one) => [nameOf(one), one.expectedS]));
    this.#expectedS = (queue) => means.get(nameOf(queue)) ?? shares.expectedS;
    this.#squaredAt = now;
    this.#rule = this.#newRule();
  }

  /** At each new list of queues. */
  wake(demanding: Iterable<Who>): void {
    wake(this.#tree, this.#usage, demanding);
  }

  charge(queue: TaskQueue, each: Resources, count: number): void {
    const coreS = count * expectedCoreS(queue, each, { expectedS: this.#expectedS });
    const place = placeOf(this.#tree, queue);
    charge(this.#usage, place, coreS);
    this.#charges.push({ place, coreS });
  }

  #squareLeaves({ use }: Shares): void {
    const leaves = new Map<string, Place>();
    const said = new Map<string, LeafUse>();
    for (const { coreS, openCoreS, ...who } of use) {
      const place = placeOf(this.#tree, who);
      const { key } = place.levels.at(-1)!;
      const before = said.get(key) ?? { coreS: 0, openCoreS: 0 };
      leaves.set(key, place);
      said.set(key, { coreS: before.coreS + coreS, openCoreS: before.openCoreS + openCoreS });
    }
    // First those that are leaves no more, as when a group becomes shared: its members' use is its own now.
    for (const [key, place] of this.#leaves)
      if (!leaves.has(key)) square(this.#usage, place, { coreS: 0, openCoreS: 0 });
    for (const [key, place] of leaves) square(this.#usage, place, said.get(key)!);
    this.#leaves = leaves;
  }

  #newRule(): TurnRule {
    return fairShare(this.#tree, this.#usage, { expectedS: this.#expectedS });
  }
}

const nameOf = ({ vo, group, owner }: Who): string => JSON.stringify([vo, group, owner]);
