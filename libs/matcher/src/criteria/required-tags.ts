// A node may be kept for jobs that ask for all of its required tags (DIRAC RequiredTag).
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const requiredTags: Criterion = (need, offer) => {
  const missing = offer.requiredTags.filter((tag) => !need.requirements.tags.includes(tag));
  return missing.length === 0
    ? undefined
    : {
        criterion: 'required-tags',
        reason: `does not ask for tag ${listed(missing)}; the node takes only jobs that do`,
      };
};
