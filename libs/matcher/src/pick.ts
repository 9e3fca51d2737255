import type { QueueId, Resources } from '@pilotfish/model';

/** `count` jobs of the queue, each with `each` of the node. A queue may appear again with another `each`. */
export interface Pick {
  readonly queue: QueueId;
  readonly count: number;
  readonly each: Resources;
}
