// Packs waiting jobs into offers with the matcher's own rules. Counts are computed, never looped over: ten million jobs
// cost as much as ten.
import { fits, grant, type Need, taken } from '@pilotfish/matcher';
import type { Offer, Resources } from '@pilotfish/model';
import type { Demand } from './seen.ts';

/** What is still unplaced of a demand. */
export interface Waiting {
  readonly demand: Demand;
  readonly left: number;
}

export interface Placed {
  readonly rest: Offer;
  readonly waiting: readonly Waiting[];
  readonly jobs: number;
  /** What the placed jobs asked for; less than what they get where they are elastic or take the whole node. */
  readonly asked: Resources;
}

/** Largest first, as small jobs fill the gaps: whole nodes, GPUs, cores, memory; then oldest, then queue id. */
export function inPackingOrder(demand: readonly Demand[]): readonly Waiting[] {
  return demand
    .filter(({ waiting }) => waiting >= 1)
    .sort((left, right) => {
      const [l, r] = [left.queue.requirements, right.queue.requirements];
      return (
        Number(r.wholeNode) - Number(l.wholeNode) ||
        r.gpus - l.gpus ||
        r.processors.min - l.processors.min ||
        r.memoryMb - l.memoryMb ||
        left.oldestAt - right.oldestAt ||
        left.queue.id - right.queue.id
      );
    })
    .map((one) => ({ demand: one, left: Math.floor(one.waiting) }));
}

/** As many jobs as fit. Nothing that is left in `waiting` fits in `rest`. */
export function place(offer: Offer, waiting: readonly Waiting[]): Placed {
  let rest = offer;
  let jobs = 0;
  let asked: Resources = { processors: 0, memoryMb: 0, diskMb: 0, gpus: 0 };
  const after: Waiting[] = [];
  for (const { demand, left } of waiting) {
    let still = left;
    // An elastic job takes what is free, so the next one of its queue may get less: hence again until none fits.
    while (still > 0 && rest.free.processors > 0 && fits(demand.queue, rest)) {
      const each = grant(demand.queue, rest);
      const count = Math.min(still, timesIn(rest.free, each));
      if (count < 1) break;
      asked = plus(asked, askedOf(demand.queue, each), count);
      rest = taken(rest, each, count);
      still -= count;
      jobs += count;
    }
    if (still > 0) after.push({ demand, left: still });
  }
  return { rest, waiting: jobs > 0 ? after : waiting, jobs, asked };
}

const QUANTITIES = ['processors', 'memoryMb', 'diskMb', 'gpus'] as const;

function timesIn(free: Resources, each: Resources): number {
  return Math.min(...QUANTITIES.filter((key) => each[key] > 0).map((key) => Math.floor(free[key] / each[key])));
}

function askedOf({ requirements }: Need, each: Resources): Resources {
  if (!requirements.wholeNode) return each;
  const { processors, memoryMb, diskMb, gpus } = requirements;
  return { processors: processors.min, memoryMb, diskMb, gpus };
}

function plus(sum: Resources, each: Resources, count: number): Resources {
  return {
    processors: sum.processors + each.processors * count,
    memoryMb: sum.memoryMb + each.memoryMb * count,
    diskMb: sum.diskMb + each.diskMb * count,
    gpus: sum.gpus + each.gpus * count,
  };
}
