// What a job that fits gets of a node, and what is then left of the node.
import type { Offer, Requirements, Resources } from '@pilotfish/model';
import { memoryShare } from './memory-share.ts';
import type { Need } from './need.ts';

/**
 * For a need that fits the offer. A whole-node job gets all that is there. An elastic one (`max` above `min`) gets as
 * many cores as are free, up to `max` and to `mostCores` (what limits leave); if it lives on its cores' share of memory,
 * no more than that memory allows.
 */
export function grant({ requirements }: Need, offer: Offer, mostCores = Number.POSITIVE_INFINITY): Resources {
  if (requirements.wholeNode) return offer.free;
  const processors = coresFor(requirements, offer, mostCores);
  const memoryMb = requirements.memoryMb > 0 ? requirements.memoryMb : memoryShare(offer.total) * processors;
  return { processors, memoryMb, diskMb: requirements.diskMb, gpus: requirements.gpus };
}

/** The cores of `grant`. */
export function coresFor(requirements: Requirements, offer: Offer, mostCores = Number.POSITIVE_INFINITY): number {
  const { min, max } = requirements.processors;
  if (requirements.wholeNode) return offer.free.processors;
  if (min === max) return min;
  const share = requirements.memoryMb > 0 ? 0 : memoryShare(offer.total);
  const affordable = share > 0 ? Math.floor(offer.free.memoryMb / share) : Number.POSITIVE_INFINITY;
  return Math.max(min, Math.min(max, offer.free.processors, affordable, mostCores));
}

/** The offer after `count` jobs took `each` of it. */
export function taken(offer: Offer, each: Resources, count = 1): Offer {
  return {
    ...offer,
    empty: offer.empty && count === 0,
    free: {
      processors: offer.free.processors - each.processors * count,
      memoryMb: offer.free.memoryMb - each.memoryMb * count,
      diskMb: offer.free.diskMb - each.diskMb * count,
      gpus: offer.free.gpus - each.gpus * count,
    },
  };
}
