// The port through which pilots write. Every write names (job, attempt, VM); one that is no longer open is refused.
import type { Digest, JobId, PilotId, Resources, VmId } from '@pilotfish/model';

export interface AttemptKey {
  readonly vmId: VmId;
  readonly jobId: JobId;
  readonly n: number;
}

export type Phase = 'starting' | 'running' | 'completing';

export interface OutcomeReport {
  readonly result: 'done' | 'failed' | 'killed' | 'infrastructure';
  readonly minor: string;
  readonly exitCode: number | null;
  readonly reason: string;
  readonly wallS: number;
  readonly cpuS: number;
  readonly maxRssMb: number;
  readonly outputSandbox: Digest | null;
}

/** `repeated`: the same end was accepted before. `stale`: the attempt isn't this VM's open one any more. */
export type Accepted = 'accepted' | 'repeated' | 'stale';

export interface PilotBeat {
  readonly vmId: VmId;
  readonly pilotId: PilotId;
  readonly version: string;
  readonly total: Resources;
  readonly free: Resources;
  readonly attempts: readonly { readonly jobId: JobId; readonly n: number; readonly phase: Phase }[];
}

export interface Orders {
  readonly version: number;
  readonly vm: 'go-on' | 'drain' | 'halt';
  readonly stop: readonly { readonly jobId: JobId; readonly n: number; readonly reason: string }[];
}

export interface AttemptStore {
  phase(key: AttemptKey, phase: Phase, minor: string, applicationStatus: string | undefined): Promise<Accepted>;
  appendLog(key: AttemptKey, stream: 'stdout' | 'stderr', offset: number, bytes: Buffer): Promise<Accepted>;
  /** Whether the attempt is this VM's and still open. */
  isOpen(key: AttemptKey): Promise<boolean>;
  outcome(key: AttemptKey, report: OutcomeReport): Promise<Accepted>;
  /** Renews the lease and squares what the pilot lists with what the ledger holds. */
  beat(beat: PilotBeat): Promise<Orders>;
  /** Requeues the attempts of pilots whose lease has run out; returns how many. */
  sweepLost(): Promise<number>;
  mayReadSandbox(vmId: VmId, digest: Digest): Promise<boolean>;
}
