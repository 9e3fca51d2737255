// What a waiting job asks for and who asks: all that a criterion may look at. A TaskQueue is a Need.
import type { Mismatch, Offer, Requirements } from '@pilotfish/model';

export interface Need {
  readonly vo: string;
  readonly group: string;
  readonly owner: string;
  readonly requirements: Requirements;
}

/** One reason for which an offer may not suit a need; undefined when it has nothing against it. */
export type Criterion = (need: Need, offer: Offer) => Mismatch | undefined;
