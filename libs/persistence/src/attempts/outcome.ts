// How an attempt ended, as its pilot reports it. The first accepted end wins; the same end again is no error.
import { type Accepted, type AttemptKey, afterOutcome, type OutcomeReport } from '@pilotfish/workload';
import { type Database, type Sql, sql } from '../database.ts';
import { reopen } from './reopen.ts';
import { type LockedAttempt, lockAttempts, moveJob, startIdleClocks } from './requeue.ts';

const LOCK_VM = sql('outcome_lock_vm', 'SELECT id FROM vm WHERE id = $1 FOR UPDATE');
const END = sql(
  'end_attempt',
  `UPDATE attempt SET state = $3, ended_at = clock_timestamp(), exit_code = $4, minor = $5, reason = $6, wall_s = $7, cpu_s = $8,
     max_rss_mb = $9, output_digest = $10, missing_since = NULL, started_at = coalesce(started_at, claimed_at)
   WHERE job_id = $1 AND n = $2`,
);
const RUN = sql(
  'job_ran',
  `UPDATE job SET state = 'Running', started_at = coalesce(started_at, now()) WHERE id = $1 AND state = 'Matched'`,
);

const ATTEMPT_STATE = { done: 'Done', failed: 'Failed', killed: 'Killed', infrastructure: 'Failed' } as const;
const OPEN: readonly string[] = ['Claimed', 'Running', 'Completing'];

export async function outcome(db: Database, key: AttemptKey, report: OutcomeReport): Promise<Accepted> {
  return db.transaction(async (tx) => {
    // VM first, as claims and beats do.
    await tx.rows(LOCK_VM, [key.vmId]);
    const attempt = await held(tx, key);
    if (attempt === undefined) return 'stale';
    const accepted = acceptance(attempt, key, report);
    if (accepted === 'accepted') await end(tx, attempt, report);
    return accepted;
  });
}

/** A result that comes from a pilot given up, before anyone else took the job, still counts. */
async function held(tx: Sql, key: AttemptKey): Promise<LockedAttempt | undefined> {
  const [attempt] = await lockAttempts(tx, [key]);
  if (attempt?.state !== 'Lost' || attempt.vmId !== key.vmId) return attempt;
  if (attempt.jobState !== 'Waiting' || attempt.jobAttempt !== key.n) return attempt;
  if (!(await reopen(tx, key.vmId, key.jobId, key.n, 'completing'))) return attempt;
  return (await lockAttempts(tx, [key]))[0];
}

function acceptance(attempt: LockedAttempt, key: AttemptKey, report: OutcomeReport): Accepted {
  if (attempt.vmId !== key.vmId) return 'stale';
  if (OPEN.includes(attempt.state)) return attempt.jobAttempt === key.n ? 'accepted' : 'stale';
  const ends: readonly string[] = [ATTEMPT_STATE[report.result], endState(attempt, report)];
  return ends.includes(attempt.state) && attempt.outcome === report.minor ? 'repeated' : 'stale';
}

/** A node's failure to run what was to be killed anyway is a kill. */
function endState(attempt: LockedAttempt, report: OutcomeReport): string {
  return attempt.killRequested && report.result === 'infrastructure' ? 'Killed' : ATTEMPT_STATE[report.result];
}

async function end(tx: Sql, attempt: LockedAttempt, report: OutcomeReport): Promise<void> {
  const { exitCode, minor, reason, wallS, cpuS, maxRssMb, outputSandbox } = report;
  const key = [attempt.jobId, attempt.n];
  await tx.rows(END, [
    ...key,
    endState(attempt, report),
    exitCode,
    minor,
    reason,
    wallS,
    cpuS,
    maxRssMb,
    outputSandbox,
  ]);
  const next = afterOutcome(attempt, report);
  const again = next.state === 'Waiting';
  // A phase report may have been lost: a job that ran passes through Running, so that its record has a start.
  if (!again) await tx.rows(RUN, [attempt.jobId]);
  await moveJob(tx, attempt.jobId, next, again ? null : exitCode, 'pilot');
  await startIdleClocks(tx, [attempt.vmId]);
}
