// A job that names cloud endpoints (DIRAC GridCE) runs on one of them.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const endpoint: Criterion = ({ requirements: { endpoints } }, offer) =>
  endpoints.length === 0 || endpoints.includes(offer.endpoint)
    ? undefined
    : {
        criterion: 'endpoint',
        reason: `runs only on endpoint ${listed(endpoints)}; the node is on ${offer.endpoint}`,
      };
