// A node may be kept for some groups of its VO.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const group: Criterion = (need, offer) =>
  offer.groups.length === 0 || offer.groups.includes(need.group)
    ? undefined
    : { criterion: 'group', reason: `belongs to group ${need.group}; the node serves only ${listed(offer.groups)}` };
