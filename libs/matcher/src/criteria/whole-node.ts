// A whole-node job starts on a node where nothing else runs, and so has every core of it.
import { counted } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const wholeNode: Criterion = (need, offer) => {
  if (!need.requirements.wholeNode) return undefined;
  if (!offer.empty) return { criterion: 'whole-node', reason: 'needs a whole node; other jobs run on this one' };
  if (offer.free.processors >= offer.total.processors) return undefined;
  const set = `${offer.free.processors} of ${counted(offer.total.processors, 'core')}`;
  return { criterion: 'whole-node', reason: `needs a whole node; this one has ${set} free` };
};
