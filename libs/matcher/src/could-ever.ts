// At submission: could any node that the VO may have ever run this, even an empty one?
import type { Mismatch, Offer } from '@pilotfish/model';
import { mismatches } from './match.ts';
import type { Need } from './need.ts';

/** Why one kind of node will never do; `where` reads `profile small at local`. */
export interface Refusal {
  readonly where: string;
  readonly mismatches: readonly Mismatch[];
}

/**
 * `capacityOffers`: an empty node of every profile at every endpoint. Offers of other VOs are neither used nor named.
 * Empty answer: some node can run it. Otherwise one refusal per kind of node, or a single one with the criterion
 * `profile` when the VO has no kind of node at all.
 */
export function couldEverRun(need: Need, capacityOffers: readonly Offer[]): readonly Refusal[] {
  const refusals: Refusal[] = [];
  for (const offer of capacityOffers) {
    if (offer.vo !== need.vo) continue;
    const reasons = mismatches(need, offer);
    if (reasons.length === 0) return [];
    refusals.push({ where: `profile ${offer.profile} at ${offer.endpoint}`, mismatches: reasons });
  }
  return refusals.length > 0 ? refusals : [noProfile(need.vo)];
}

function noProfile(vo: string): Refusal {
  const reason = `VO ${vo} has no VM profile with an endpoint, so nothing can run; a VO administrator adds one`;
  return { where: `VO ${vo}`, mismatches: [{ criterion: 'profile', reason }] };
}
