// A job that names sites runs at one of them.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const site: Criterion = ({ requirements: { sites } }, offer) =>
  sites.length === 0 || sites.includes(offer.site)
    ? undefined
    : { criterion: 'site', reason: `runs only at site ${listed(sites)}; the node is at ${offer.site}` };
