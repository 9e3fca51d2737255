// The port to the task queues and to claims.
import type { Candidate, Pick } from '@pilotfish/matcher';
import type { JobId, Offer, Payload, PilotId, Resources, VmId } from '@pilotfish/model';

export interface ClaimOrder {
  readonly vmId: VmId;
  readonly pilotId: PilotId;
  readonly askId: string;
  readonly picks: readonly Pick[];
}

/** One opened attempt, with all that the pilot needs to run it. */
export interface Claimed {
  readonly jobId: JobId;
  readonly n: number;
  readonly name: string;
  readonly owner: string;
  readonly granted: Resources;
  readonly wallTimeS: number;
  readonly cpuTimeS: number;
  readonly payload: Payload;
}

export interface ClaimStore {
  /** Queues with waiting jobs, each at its best waiting priority. */
  candidates(): Promise<readonly Candidate[]>;
  /** The node as the ledger knows it; undefined unless it runs and may take jobs. */
  offerOf(
    vmId: VmId,
    said: { total: Resources; free: Resources; platforms: readonly string[] },
  ): Promise<Offer | undefined>;
  /** Attempts that this ask has opened before. */
  ofAsk(vmId: VmId, askId: string): Promise<readonly Claimed[]>;
  /** Opens attempts in one transaction; fewer than picked when others were faster, none when the VM may not take any. */
  claim(order: ClaimOrder): Promise<readonly Claimed[]>;
}
