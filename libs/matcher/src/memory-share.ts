// The memory that goes with one core of a node, for jobs that name no amount.
import type { Resources } from '@pilotfish/model';

/** MiB per core, rounded down, so that all shares together never exceed the node. */
export function memoryShare(total: Resources): number {
  return total.processors > 0 ? Math.floor(total.memoryMb / total.processors) : 0;
}
