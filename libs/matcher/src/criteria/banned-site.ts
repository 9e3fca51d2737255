// A job never runs at a site that it bans, even if it also names that site.
import type { Criterion } from '../need.ts';

export const bannedSite: Criterion = (need, offer) =>
  need.requirements.bannedSites.includes(offer.site)
    ? { criterion: 'banned-site', reason: `bans site ${offer.site}, where the node is` }
    : undefined;
