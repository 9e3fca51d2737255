// Scratch space is a quantity; a job that names none has no claim to any.
import { size } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const disk: Criterion = ({ requirements: { diskMb } }, { free }) =>
  diskMb <= free.diskMb
    ? undefined
    : { criterion: 'disk', reason: `needs ${size(diskMb)} of scratch space; the node has ${size(free.diskMb)} free` };
