// The port to stored jobs. Every method is one transaction.
import type { Attempt, CredentialNeed, Job, JobId, JobState, Payload, Requirements } from '@pilotfish/model';

export interface NewJob {
  readonly id: JobId;
  readonly vo: string;
  readonly group: string;
  readonly owner: string;
  readonly name: string;
  readonly jobGroup: string;
  readonly priority: number;
  readonly requirements: Requirements;
  /** Equal texts mean one task queue. */
  readonly requirementsKey: string;
  readonly payload: Payload;
  readonly credential: CredentialNeed;
  readonly labels: Readonly<Record<string, string>>;
  readonly maxReschedules: number;
}

/** Whose jobs a caller may reach; undefined fields don't restrict. */
export interface JobScope {
  readonly vo?: string;
  readonly owner?: string;
}

export interface JobFilter extends JobScope {
  readonly group?: string;
  readonly jobGroup?: string;
  readonly name?: string;
  readonly states?: readonly JobState[];
  readonly ids?: readonly JobId[];
  /** Only ids below this one (newest first). */
  readonly before?: JobId;
  readonly limit?: number;
}

export interface JobEvent {
  readonly at: Date;
  readonly state: JobState;
  readonly minor: string;
  readonly applicationStatus: string;
  readonly source: string;
  readonly attempt: number;
}

export type AttemptRecord = Attempt & { readonly endpoint: string };

export interface LogPiece {
  readonly bytes: Buffer;
  /** The attempt has ended and all its bytes are here. */
  readonly ended: boolean;
}

export interface Changed {
  readonly done: readonly JobId[];
  readonly refused: readonly { readonly id: JobId; readonly detail: string }[];
}

/** The reply to a call that carries an Idempotency-Key, kept with the jobs it made or not at all. */
export interface Receipt {
  readonly caller: string;
  readonly key: string;
  readonly status: number;
  readonly reply: unknown;
}

export interface JobStore {
  reserveIds(count: number): Promise<readonly JobId[]>;
  insert(jobs: readonly NewJob[], source: string, receipt?: Receipt): Promise<void>;
  find(id: JobId, scope: JobScope): Promise<Job | undefined>;
  list(filter: JobFilter): Promise<readonly Job[]>;
  counts(filter: JobFilter): Promise<Readonly<Record<string, number>>>;
  history(id: JobId): Promise<readonly JobEvent[]>;
  attempts(id: JobId): Promise<readonly AttemptRecord[]>;
  log(id: JobId, attempt: number, stream: 'stdout' | 'stderr', offset: number): Promise<LogPiece>;
  /** A waiting job is Killed at once; a held one is marked and its pilot told. */
  kill(filter: JobFilter, reason: string, source: string): Promise<Changed>;
  reschedule(filter: JobFilter, source: string): Promise<Changed>;
  /** Waiting jobs are taken off their queue; held ones must be killed first. */
  remove(filter: JobFilter, source: string): Promise<Changed>;
}
