// A job that names platforms runs on a node that offers at least one of them, or a newer level of it.
import { listed } from '../amounts.ts';
import type { Criterion } from '../need.ts';
import { platformMet } from '../platform-order.ts';

export const platform: Criterion = ({ requirements: { platforms } }, offer) =>
  platformMet(platforms, offer.platforms)
    ? undefined
    : {
        criterion: 'platform',
        reason: `runs only on platform ${listed(platforms)}; the node offers ${listed(offer.platforms)}`,
      };
