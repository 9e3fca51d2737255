// A job's life. States, minor states and legal steps are DIRAC's (WorkloadManagementSystem/Client/JobStatus.py), with
// three changes: an infrastructure failure goes straight back to Waiting (DIRAC's virtual state Rescheduled never
// shows), Stalled work may be requeued, and a killed job can't be rescheduled by a late report.

export const JOB_STATES = [
  'Submitting',
  'Received',
  'Checking',
  'Staging',
  'Waiting',
  'Matched',
  'Running',
  'Stalled',
  'Completing',
  'Completed',
  'Done',
  'Failed',
  'Killed',
  'Deleted',
] as const;

export type JobState = (typeof JOB_STATES)[number];

export const JOB_TRANSITIONS = {
  Submitting: ['Received', 'Checking', 'Deleted', 'Killed'],
  Received: ['Checking', 'Waiting', 'Failed', 'Deleted', 'Killed'],
  Checking: ['Staging', 'Waiting', 'Failed', 'Deleted', 'Killed'],
  Staging: ['Checking', 'Waiting', 'Failed', 'Killed'],
  Waiting: ['Matched', 'Failed', 'Deleted', 'Killed'],
  Matched: ['Running', 'Waiting', 'Done', 'Failed', 'Killed'],
  Running: ['Completing', 'Stalled', 'Waiting', 'Done', 'Failed', 'Killed'],
  Stalled: ['Running', 'Completing', 'Waiting', 'Done', 'Failed', 'Killed'],
  Completing: ['Stalled', 'Waiting', 'Completed', 'Done', 'Failed', 'Killed'],
  Completed: ['Done', 'Failed'],
  Done: ['Deleted'],
  Failed: ['Waiting', 'Deleted'],
  Killed: ['Deleted'],
  Deleted: [],
} as const satisfies Record<JobState, readonly JobState[]>;

export const FINAL_STATES = ['Done', 'Failed', 'Killed', 'Deleted'] as const satisfies readonly JobState[];
/** States in which a pilot holds an attempt of the job. */
export const HELD_STATES = ['Matched', 'Running', 'Stalled', 'Completing'] as const satisfies readonly JobState[];

export function mayMove(from: JobState, to: JobState): boolean {
  return (JOB_TRANSITIONS[from] as readonly JobState[]).includes(to);
}

export function isFinal(state: JobState): boolean {
  return (FINAL_STATES as readonly JobState[]).includes(state);
}

/** Minor states that this system writes (DIRAC WorkloadManagementSystem/Client/JobMinorStatus.py, and four of ours). */
export const MINOR = {
  accepted: 'Job accepted',
  waiting: 'Pilot Agent Submission',
  assigned: 'Assigned',
  received: 'Job Received by Agent',
  initializing: 'Job Initialization',
  downloadingInput: 'Downloading InputSandbox',
  application: 'Application',
  applicationDone: 'Application Finished Successfully',
  applicationErrors: 'Application Finished With Errors',
  uploadingOutput: 'Uploading Output Sandbox',
  outputUploaded: 'Output Sandbox Uploaded',
  complete: 'Execution Complete',
  killed: 'Received Kill signal',
  marked: 'Marked for termination',
  rescheduled: 'Job Rescheduled',
  tooManyReschedules: 'Maximum of reschedulings reached',
  inputFailed: 'Failed Downloading InputSandbox',
  outputFailed: 'Failed Uploading Output Sandbox',
  wallClock: 'Job has exceeded maximum wall clock time',
  stalled: 'Job stalled: pilot not running',
  pilotLost: 'Pilot lost, requeued',
  notStarted: 'Never started by its pilot, requeued',
} as const;

export type Minor = (typeof MINOR)[keyof typeof MINOR];
