// A job that names platforms runs on a node that offers at least one of them.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const platform: Criterion = ({ requirements: { platforms } }, offer) =>
  platforms.length === 0 || platforms.some((name) => offer.platforms.includes(name))
    ? undefined
    : {
        criterion: 'platform',
        reason: `runs only on platform ${listed(platforms)}; the node offers ${listed(offer.platforms)}`,
      };
