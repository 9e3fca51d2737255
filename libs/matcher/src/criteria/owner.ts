// A private node serves only the owners that it names.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const owner: Criterion = (need, offer) =>
  offer.owners.length === 0 || offer.owners.includes(need.owner)
    ? undefined
    : { criterion: 'owner', reason: `belongs to ${need.owner}; the node is private to ${listed(offer.owners)}` };
