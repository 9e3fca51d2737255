// GPUs are a quantity: a device belongs to one job at a time.
import { counted } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const gpus: Criterion = ({ requirements }, { free }) =>
  requirements.gpus <= free.gpus
    ? undefined
    : { criterion: 'gpus', reason: `needs ${counted(requirements.gpus, 'GPU')}; the node has ${free.gpus} free` };
