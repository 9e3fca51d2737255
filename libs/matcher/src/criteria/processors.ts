// Cores are a quantity: the least that the job can use must be free at once.
import { counted } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const processors: Criterion = ({ requirements: { processors: wanted } }, { free, total }) => {
  if (wanted.min <= free.processors) return undefined;
  const has =
    wanted.min > total.processors
      ? `the node has ${total.processors}`
      : `${free.processors} of the node's ${total.processors} are free`;
  return { criterion: 'processors', reason: `needs ${counted(wanted.min, 'core')} at once; ${has}` };
};
