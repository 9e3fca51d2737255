import { chunk } from 'lodash'; // breaks: core-imports
import type { Job } from '@pilotfish/workload'; // breaks: layers

/** `new Date(ms)` only converts, and a property may be called `process`. */
export const match = (job: Job, at: number): unknown[] =>
  chunk([job, new Date(at), { process: 1 }.process], Math.random()); // breaks: core-globals
