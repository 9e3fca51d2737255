import type { QueueId } from './ids.ts';
import type { Requirements } from './requirements.ts';

/** Waiting jobs with equal requirements, VO, group and owner: the unit of demand. */
export interface TaskQueue {
  readonly id: QueueId;
  readonly vo: string;
  readonly group: string;
  readonly owner: string;
  readonly requirements: Requirements;
}
