// A cluster in virtual time: nodes that ask whenever something ends, streams of jobs that queue, usage charged at every
// claim and settled at every end. A stub of the director empties one node at a time for whom no free node is large enough.
import type { Offer, QueueId } from '@pilotfish/model';
import { anOffer, requirements } from '../examples.fixture.ts';
import { fill } from '../fill.ts';
import type { Candidate, TurnRule } from '../turn.ts';
import { expectedCoreS, type FairShareOptions, fairShare } from './fair-share.ts';
import { type ShareStanding, shareOrder } from './share-order.ts';
import { placeOf, type ShareTree, type Who } from './share-tree.ts';
import { charge, decayed, noUsage, settle, type Usage, wake } from './usage.ts';

export interface Stream {
  readonly who: Who;
  readonly cores: number;
  /** What its n-th job takes, in seconds, and what it is expected to take; the same when absent. */
  readonly takesS: (n: number) => number;
  readonly expectedS?: number;
  /** Jobs that arrive, by time; Infinity many are a stream that never ends. */
  readonly arrivals: readonly { readonly atS: number; readonly jobs: number }[];
}

export interface Cluster {
  readonly tree: ShareTree;
  readonly streams: readonly Stream[];
  readonly nodes: number;
  readonly coresEach: number;
  readonly options?: FairShareOptions;
  readonly halfLifeS?: number;
}

export interface Claim {
  readonly stream: number;
  readonly atS: number;
  readonly endS: number;
  readonly coreS: number;
}

interface Waiting extends Candidate {
  waiting: number;
}

interface Event {
  readonly atS: number;
  readonly node?: number;
  readonly stream?: number;
  readonly cores?: number;
  readonly settles?: {
    readonly who: Who;
    readonly chargedCoreS: number;
    readonly usedCoreS: number;
    readonly sinceS: number;
  };
  readonly arrives?: { readonly stream: number; readonly jobs: number };
}

const DECAY_EVERY_S = 300;

/** Every claim until `untilS`, in order. */
export function simulate(cluster: Cluster, untilS: number): readonly Claim[] {
  const run = new Run(cluster);
  run.until(untilS);
  return run.claims;
}

/** Of the first hundred. */
function meanOf(takesS: Stream['takesS']): number {
  return Array.from({ length: 100 }, (_, n) => takesS(n)).reduce((sum, one) => sum + one, 0) / 100;
}

class Run {
  readonly claims: Claim[] = [];
  readonly #cluster: Cluster;
  readonly #candidates: Waiting[];
  readonly #counts: number[];
  readonly #free: number[];
  /** Running jobs by node and stream. */
  readonly #jobs: number[][];
  readonly #events: Event[] = [];
  readonly #halfLifeS: number;
  #usage: Usage = noUsage();
  #rule: TurnRule;
  #emptying: { readonly node: number; readonly stream: number; readonly jobs: number } | undefined;
  #nowS = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#halfLifeS = cluster.halfLifeS ?? Number.POSITIVE_INFINITY;
    this.#counts = cluster.streams.map(() => 0);
    this.#free = Array.from({ length: cluster.nodes }, () => cluster.coresEach);
    this.#jobs = this.#free.map(() => cluster.streams.map(() => 0));
    this.#candidates = cluster.streams.map(({ who, cores, expectedS, takesS }, at) => ({
      queue: {
        ...who,
        id: (at + 1) as QueueId,
        requirements: requirements({ processors: { min: cores, max: cores }, cpuTimeS: expectedS ?? meanOf(takesS) }),
      },
      waiting: 0,
      priority: 1,
      oldestAt: at,
      inUse: 0,
    }));
    for (const [stream, { arrivals }] of cluster.streams.entries())
      for (const { atS, jobs } of arrivals) this.#at({ atS, arrives: { stream, jobs } });
    for (let atS = DECAY_EVERY_S; this.#halfLifeS !== Number.POSITIVE_INFINITY && atS < 1e6; atS += DECAY_EVERY_S)
      this.#at({ atS });
    this.#rule = this.#ruleNow();
  }

  until(untilS: number): void {
    for (let event = this.#events.pop(); event !== undefined && event.atS <= untilS; event = this.#events.pop()) {
      const { atS, settles, node, cores = 0, arrives } = event;
      this.#age(atS - this.#nowS);
      this.#nowS = atS;
      if (settles !== undefined) this.#settle(settles);
      if (node !== undefined) {
        this.#free[node]! += cores;
        this.#jobs[node]![event.stream!]! -= 1;
      }
      if (arrives !== undefined) this.#candidates[arrives.stream]!.waiting += arrives.jobs;
      this.#wake();
      for (const at of node === undefined ? this.#free.keys() : [node]) this.#ask(at);
      this.#empty();
    }
  }

  #ask(node: number): void {
    // A node that is emptied for somebody serves only him until one job more of his fits than before.
    if (this.#emptying?.node === node) {
      const { stream, jobs } = this.#emptying;
      this.#give(node, [this.#candidates[stream]!]);
      if (this.#jobs[node]![stream]! <= jobs) return;
      this.#emptying = undefined;
    }
    this.#give(node, this.#candidates);
  }

  #give(node: number, candidates: readonly Candidate[]): void {
    const free = this.#free[node]!;
    for (const pick of fill(this.#offer(free), candidates, free, this.#rule))
      for (let n = 0; n < pick.count; n++) this.#claim(node, pick.queue - 1, pick.each.processors);
  }

  #claim(node: number, stream: number, cores: number): void {
    const { who, takesS, expectedS } = this.#cluster.streams[stream]!;
    const candidate = this.#candidates[stream]!;
    const takes = takesS(this.#counts[stream]!++);
    const each = { processors: cores, memoryMb: 0, diskMb: 0, gpus: 0 };
    const usedCoreS = cores * takes;
    const chargedCoreS = expectedS === undefined ? usedCoreS : expectedCoreS(candidate.queue, each);
    charge(this.#usage, placeOf(this.#cluster.tree, who), chargedCoreS);
    candidate.waiting -= 1;
    this.#free[node]! -= cores;
    this.#jobs[node]![stream]! += 1;
    this.claims.push({ stream, atS: this.#nowS, endS: this.#nowS + takes, coreS: usedCoreS });
    const settles = { who, chargedCoreS, usedCoreS, sinceS: this.#nowS };
    this.#at({ atS: this.#nowS + takes, node, stream, cores, settles });
  }

  #settle({ who, chargedCoreS, usedCoreS, sinceS }: NonNullable<Event['settles']>): void {
    const ageS = this.#nowS - sinceS;
    const settlement = { chargedCoreS, usedCoreS, ageS, halfLifeS: this.#halfLifeS };
    settle(this.#usage, placeOf(this.#cluster.tree, who), settlement);
  }

  #age(ageS: number): void {
    if (this.#halfLifeS === Number.POSITIVE_INFINITY || ageS === 0) return;
    this.#usage = decayed(this.#usage, ageS, this.#halfLifeS);
    this.#rule = this.#ruleNow();
  }

  #ruleNow(): TurnRule {
    return fairShare(this.#cluster.tree, this.#usage, this.#cluster.options);
  }

  #wake(): void {
    wake(this.#cluster.tree, this.#usage, this.#demanding());
  }

  #demanding(): readonly Who[] {
    return this.#cluster.streams.filter((_, at) => this.#candidates[at]!.waiting >= 1).map(({ who }) => who);
  }

  /** For the one who is owed most, if he fits nowhere: the node with the most jobs that aren't his. */
  #empty(): void {
    if (this.#cluster.streams.every(({ cores }) => cores === 1)) return;
    const stream = this.#owedMost();
    if (this.#emptying !== undefined && this.#emptying.stream !== stream) {
      const { node } = this.#emptying;
      this.#emptying = undefined;
      this.#give(node, this.#candidates);
    }
    const cores = this.#cluster.streams[stream]?.cores ?? 0;
    if (this.#emptying !== undefined || cores <= Math.max(...this.#free)) return;
    const others = this.#jobs.map((jobs) => jobs.reduce((sum, count, at) => sum + (at === stream ? 0 : count), 0));
    const node = others.indexOf(Math.max(...others));
    if (others[node]! > 0) this.#emptying = { node, stream, jobs: this.#jobs[node]![stream]! };
  }

  /** The stream, -1 if nobody is owed anything. */
  #owedMost(): number {
    const debtOf = ({ levels }: ShareStanding) => levels.reduce((sum, { debtCoreS }) => sum + debtCoreS, 0);
    const [most] = [...shareOrder(this.#cluster.tree, this.#usage, this.#demanding())]
      .filter((one) => debtOf(one) > 0)
      .sort((left, right) => debtOf(right) - debtOf(left));
    return this.#cluster.streams.findIndex(({ who }) => who === most?.who);
  }

  #offer(free: number): Offer {
    const size = (processors: number) => ({ processors, memoryMb: processors * 1000, diskMb: 0, gpus: 0 });
    const total = size(this.#cluster.coresEach);
    return anOffer({ total, free: size(free), empty: free === total.processors, timeLeftS: 1e9 });
  }

  /** Later ones first, so that the next one is at the end; equal times in the order of arrival. */
  #at(event: Event): void {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#events[middle]!.atS > event.atS) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, event);
  }
}
