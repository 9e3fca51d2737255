// A VM works for one virtual organisation for its whole life.
import type { Criterion } from '../need.ts';

export const vo: Criterion = (need, offer) =>
  need.vo === offer.vo
    ? undefined
    : { criterion: 'vo', reason: `belongs to VO ${need.vo}; the node works for VO ${offer.vo}` };
