// Does this offer suit this need, and if not, why not.
import type { Mismatch, Offer } from '@pilotfish/model';
import { AMOUNTS, CRITERIA } from './criteria.ts';
import type { Need } from './need.ts';

/** Every reason against the offer, in the order of CRITERIA; empty when it suits. */
export function mismatches(need: Need, offer: Offer): readonly Mismatch[] {
  return CRITERIA.flatMap(({ check }) => check(need, offer) ?? []);
}

/** The same answer without the reasons: stops at the first criterion that fails. */
export function fits(need: Need, offer: Offer): boolean {
  for (const { check } of CRITERIA) if (check(need, offer) !== undefined) return false;
  return true;
}

/** For a need that suited this node before it got fuller: only the amounts can have changed the answer. */
export function stillFits(need: Need, offer: Offer): boolean {
  for (const { check } of AMOUNTS) if (check(need, offer) !== undefined) return false;
  return true;
}
