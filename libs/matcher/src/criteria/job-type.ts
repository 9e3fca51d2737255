// A node may be kept for some job types.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const jobType: Criterion = (need, offer) =>
  offer.jobTypes.length === 0 || offer.jobTypes.includes(need.requirements.jobType)
    ? undefined
    : {
        criterion: 'job-type',
        reason: `is of type ${need.requirements.jobType}; the node takes only ${listed(offer.jobTypes)}`,
      };
