import type { Digest, JobId, PilotId, QueueId, VmId } from './ids.ts';
import type { JobState } from './job-state.ts';
import type { Requirements } from './requirements.ts';

export type CredentialNeed = 'none' | 'proxy' | 'token';

/** What the pilot runs, the same for every attempt. */
export interface Payload {
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stdout: string;
  readonly stderr: string;
  readonly inputSandbox: Digest | null;
  /** Glob patterns, relative to the job's folder. */
  readonly outputSandbox: readonly string[];
  readonly inputData: readonly string[];
  readonly outputData: readonly string[];
}

export interface Job {
  readonly id: JobId;
  readonly vo: string;
  readonly group: string;
  readonly owner: string;
  readonly name: string;
  readonly jobGroup: string;
  readonly state: JobState;
  readonly minor: string;
  readonly applicationStatus: string;
  readonly priority: number;
  readonly queueId: QueueId;
  readonly requirements: Requirements;
  readonly payload: Payload;
  readonly credential: CredentialNeed;
  readonly labels: Readonly<Record<string, string>>;
  /** Number of the newest attempt; 0 before the first claim. Never goes back. */
  readonly attempt: number;
  readonly reschedules: number;
  readonly maxReschedules: number;
  readonly submittedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly exitCode: number | null;
  readonly killReason: string | null;
}

export const ATTEMPT_STATES = ['Claimed', 'Running', 'Completing', 'Done', 'Failed', 'Killed', 'Lost'] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

export const ATTEMPT_TRANSITIONS = {
  Claimed: ['Running', 'Completing', 'Done', 'Failed', 'Killed', 'Lost'],
  Running: ['Completing', 'Done', 'Failed', 'Killed', 'Lost'],
  Completing: ['Done', 'Failed', 'Killed', 'Lost'],
  Done: [],
  Failed: [],
  Killed: [],
  // A pilot that was only cut off takes its attempt back, as long as no successor was claimed.
  Lost: ['Claimed', 'Running', 'Completing'],
} as const satisfies Record<AttemptState, readonly AttemptState[]>;

export const OPEN_ATTEMPT_STATES = ['Claimed', 'Running', 'Completing'] as const satisfies readonly AttemptState[];

/** One try of a job on a node. (jobId, n) fences every write a pilot makes. */
export interface Attempt {
  readonly jobId: JobId;
  readonly n: number;
  readonly vmId: VmId;
  readonly pilotId: PilotId;
  readonly askId: string;
  readonly state: AttemptState;
  readonly processors: number;
  readonly memoryMb: number;
  readonly claimedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly cpuS: number | null;
  readonly maxRssMb: number | null;
  readonly outputSandbox: Digest | null;
  /** Set when somebody asked for this attempt to be stopped. */
  readonly stopRequestedAt: Date | null;
}
