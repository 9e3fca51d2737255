// What a job that fits gets of a node, and what is then left of the node.
import type { Offer, Resources } from '@pilotfish/model';
import { memoryShare } from './memory-share.ts';
import type { Need } from './need.ts';

/**
 * For a need that fits the offer. A whole-node job gets all that is there. An elastic one (`max` above `min`) gets as
 * many cores as are free, up to `max` and to `mostCores` (what limits leave); if it lives on its cores' share of memory,
 * no more than that memory allows.
 */
export function grant(need: Need, offer: Offer, mostCores = Number.POSITIVE_INFINITY): Resources {
  const { requirements } = need;
  if (requirements.wholeNode) return offer.free;
  const share = requirements.memoryMb > 0 ? 0 : memoryShare(offer.total);
  const affordable = share > 0 ? Math.floor(offer.free.memoryMb / share) : Number.POSITIVE_INFINITY;
  const processors = Math.max(
    requirements.processors.min,
    Math.min(requirements.processors.max, offer.free.processors, affordable, mostCores),
  );
  return {
    processors,
    memoryMb: requirements.memoryMb > 0 ? requirements.memoryMb : share * processors,
    diskMb: requirements.diskMb,
    gpus: requirements.gpus,
  };
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
