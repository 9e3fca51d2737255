// What becomes of a job when an attempt ends: the one place that decides between the end and another try.
import { type JobState, MINOR } from '@pilotfish/model';
import type { OutcomeReport } from './attempt-store.ts';

export interface JobSoFar {
  readonly killRequested: boolean;
  /** Attempts that ended by the infrastructure's fault, this one not counted. */
  readonly infrastructureFailures: number;
}

export interface Next {
  readonly state: Extract<JobState, 'Done' | 'Failed' | 'Killed' | 'Waiting'>;
  readonly minor: string;
}

/** Infrastructure failures cost the user no reschedule, but a job that breaks every node must end. */
export const MAX_INFRASTRUCTURE_FAILURES = 10;

export function afterOutcome(job: JobSoFar, report: OutcomeReport): Next {
  if (report.result === 'done') return { state: 'Done', minor: report.minor };
  if (report.result === 'killed' || job.killRequested) return { state: 'Killed', minor: MINOR.killed };
  if (report.result === 'failed') return { state: 'Failed', minor: report.minor };
  return again(job, report.minor);
}

export function afterLoss(job: JobSoFar, minor: string = MINOR.pilotLost): Next {
  if (job.killRequested) return { state: 'Killed', minor: MINOR.killed };
  return again(job, minor);
}

function again(job: JobSoFar, minor: string): Next {
  return job.infrastructureFailures + 1 >= MAX_INFRASTRUCTURE_FAILURES
    ? { state: 'Failed', minor: MINOR.tooManyReschedules }
    : { state: 'Waiting', minor };
}
