// Squares the attempts a pilot lists with those the ledger holds for its VM: what to mark missing, give up, take back
// or tell the pilot to stop.
import type { AttemptState, JobId } from '@pilotfish/model';

export interface Ledgered {
  readonly jobId: JobId;
  readonly n: number;
  readonly state: AttemptState;
  /** Milliseconds since the claim. */
  readonly ageMs: number;
  /** Milliseconds since the first beat that did not list it; null when the last one did. */
  readonly missingMs: number | null;
  /** For a Lost one: its job still waits and no later attempt was opened. */
  readonly successorFree: boolean;
}

export interface Key {
  readonly jobId: JobId;
  readonly n: number;
}

export interface Reconciled {
  readonly nowMissing: readonly Key[];
  readonly foundAgain: readonly Key[];
  readonly giveUp: readonly Key[];
  readonly takeBack: readonly Key[];
  readonly notYours: readonly Key[];
}

/** A claim's answer may still be on its way; only an attempt unlisted for this long is given up. */
export const MISSING_GRACE_MS = 10_000;

const keyOf = ({ jobId, n }: Key): string => `${jobId}.${n}`;
const isOpen = (state: AttemptState): boolean => state === 'Claimed' || state === 'Running' || state === 'Completing';

export function reconcile(ledger: readonly Ledgered[], listed: readonly Key[], graceMs = MISSING_GRACE_MS): Reconciled {
  const known = new Set(listed.map(keyOf));
  const ledgered = new Map(ledger.map((attempt) => [keyOf(attempt), attempt]));
  const unlisted = ledger.filter((attempt) => isOpen(attempt.state) && !known.has(keyOf(attempt)));
  const mine = (attempt: Ledgered | undefined): boolean =>
    attempt !== undefined && (isOpen(attempt.state) || (attempt.state === 'Lost' && attempt.successorFree));
  return {
    nowMissing: unlisted.filter((attempt) => attempt.missingMs === null),
    foundAgain: ledger.filter(
      (attempt) => isOpen(attempt.state) && attempt.missingMs !== null && known.has(keyOf(attempt)),
    ),
    giveUp: unlisted.filter((attempt) => attempt.missingMs !== null && attempt.missingMs >= graceMs),
    takeBack: ledger.filter(
      (attempt) => attempt.state === 'Lost' && attempt.successorFree && known.has(keyOf(attempt)),
    ),
    notYours: listed.filter((key) => !mine(ledgered.get(keyOf(key)))),
  };
}
