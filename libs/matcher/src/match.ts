// Does this offer suit this need, and if not, why not.
import type { Mismatch, Offer } from '@pilotfish/model';
import { compile, hasRoomFor, suits } from './compiled-need.ts';
import { CRITERIA } from './criteria.ts';
import type { Need } from './need.ts';

/** Every reason against the offer, in the order of CRITERIA; empty when it suits. */
export function mismatches(need: Need, offer: Offer): readonly Mismatch[] {
  return CRITERIA.flatMap(({ check }) => check(need, offer) ?? []);
}

/** The same answer without the reasons. */
export function fits(need: Need, offer: Offer): boolean {
  return hasRoomFor(need.requirements, offer) && suits(compile(need), offer);
}
