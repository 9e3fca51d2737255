// The port to the task queues and to claims.
import type { Candidate, Pick } from '@pilotfish/matcher';
import type { JobId, Offer, Payload, PilotId, Resources, VmId } from '@pilotfish/model';
import type { Shares } from './shares.ts';

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

/** What an ask says of its node. */
export interface Asked {
  readonly vmId: VmId;
  readonly askId: string;
  readonly free: Resources;
  readonly platforms: readonly string[];
}

export interface Look {
  /** The node as the ledger knows it; undefined unless it runs and may take jobs. */
  readonly offer: Offer | undefined;
  /** Attempts that this ask has opened before. */
  readonly before: readonly Claimed[];
}

/** A queue's waiting jobs are counted up to here: one ask takes few, and a queue may hold millions. */
export const COUNTED_TO = 256;

/** Asks that come together are served together: each method is a few statements, however many asks. */
export interface ClaimStore {
  /** The share tree, and what everybody has used by now. */
  shares(): Promise<Shares>;
  /** Queues with waiting jobs, each at its best waiting priority. */
  candidates(): Promise<readonly Candidate[]>;
  /** One look per ask, in order. */
  look(asked: readonly Asked[]): Promise<readonly Look[]>;
  /**
   * Opens attempts for orders of different VMs, in one transaction; one answer per order. Fewer than picked when others
   * were faster, none when the VM may not take any.
   */
  claim(orders: readonly ClaimOrder[]): Promise<readonly (readonly Claimed[])[]>;
}
