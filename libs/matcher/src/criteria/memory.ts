// Memory is set aside per job and never promised twice. A job that names no amount gets its cores' share.
import { size } from '../amounts.ts';
import { memoryShare } from '../memory-share.ts';
import type { Criterion } from '../need.ts';

export const memory: Criterion = ({ requirements }, { free, total }) => {
  const asked = requirements.memoryMb;
  const least = asked > 0 ? asked : memoryShare(total) * requirements.processors.min;
  if (least <= free.memoryMb) return undefined;
  const needs = asked > 0 ? `needs ${size(asked)} of memory` : `needs its cores' share of memory, ${size(least)}`;
  const has =
    least > total.memoryMb
      ? `the node has ${size(total.memoryMb)}`
      : `${size(free.memoryMb)} of the node's ${size(total.memoryMb)} are free`;
  return { criterion: 'memory', reason: `${needs}; ${has}` };
};
