// A node must offer every tag that the job asks for. A tag that the node requires is also one that it offers.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const tags: Criterion = (need, offer) => {
  const missing = need.requirements.tags.filter(
    (tag) => !offer.tags.includes(tag) && !offer.requiredTags.includes(tag),
  );
  return missing.length === 0
    ? undefined
    : { criterion: 'tags', reason: `asks for tag ${listed(missing)}; the node does not offer it` };
};
