// The end of an attempt, and what its job becomes: shared by outcomes, lost leases and given-up claims.
import { type JobId, MINOR, type VmId } from '@pilotfish/model';
import { afterLoss, type JobSoFar, type Next } from '@pilotfish/workload';
import { type Sql, sql } from '../database.ts';

export interface LockedAttempt {
  readonly jobId: JobId;
  readonly n: number;
  readonly vmId: VmId;
  readonly state: string;
  readonly jobState: string;
  readonly jobAttempt: number;
  readonly outcome: string | null;
  readonly killRequested: boolean;
  readonly infrastructureFailures: number;
}

// Attempts are locked with their jobs in one order (job id, the job first), by everyone. All earlier attempts since the
// user last rescheduled were the infrastructure's failures: any other end is the job's own.
const LOCK = sql(
  'lock_attempts',
  `SELECT a.job_id AS "jobId", a.n, a.vm_id AS "vmId", a.state, j.state AS "jobState", j.attempt AS "jobAttempt",
     a.minor AS outcome, (a.stop_requested_at IS NOT NULL OR j.kill_reason IS NOT NULL) AS "killRequested",
     (SELECT count(*)::int FROM attempt b WHERE b.job_id = a.job_id AND b.n < a.n AND b.n > (
        SELECT coalesce(max(e.attempt), 0) FROM job_event e WHERE e.job_id = a.job_id AND e.minor = '${MINOR.rescheduled}'
      )) AS "infrastructureFailures"
   FROM unnest($1::bigint[], $2::int[]) AS k(job_id, n)
   JOIN job j ON j.id = k.job_id JOIN attempt a ON a.job_id = k.job_id AND a.n = k.n
   ORDER BY j.id FOR UPDATE OF j, a`,
);

export async function lockAttempts(
  tx: Sql,
  keys: readonly { readonly jobId: JobId; readonly n: number }[],
): Promise<readonly LockedAttempt[]> {
  if (keys.length === 0) return [];
  return tx.rows<LockedAttempt>(LOCK, [keys.map(({ jobId }) => jobId), keys.map(({ n }) => n)]);
}

// A requeued job keeps its priority and place: order inside a queue is by job id, and ids don't change.
const MOVE_JOB = sql(
  'job_after_attempt',
  `WITH moved AS (
     UPDATE job SET state = $2, minor = $3, exit_code = $4,
       ended_at = CASE WHEN $2 = 'Waiting' THEN NULL ELSE now() END,
       started_at = CASE WHEN $2 = 'Waiting' THEN NULL ELSE started_at END
     WHERE id = $1 RETURNING id, queue_id, priority, attempt, submitted_at
   ), waiting AS (
     INSERT INTO waiting_job (queue_id, priority, job_id, since)
     SELECT queue_id, priority, id, submitted_at FROM moved WHERE $2 = 'Waiting'
   ) INSERT INTO job_event (job_id, state, minor, source, attempt) SELECT id, $2, $3, $5, attempt FROM moved`,
);

export async function moveJob(
  tx: Sql,
  jobId: JobId,
  next: Next,
  exitCode: number | null,
  source: string,
): Promise<void> {
  await tx.rows(MOVE_JOB, [jobId, next.state, next.minor, exitCode, source]);
}

const LOSE = sql(
  'lose_attempt',
  `UPDATE attempt SET state = 'Lost', ended_at = clock_timestamp(), minor = $3, reason = $4, missing_since = NULL WHERE job_id = $1 AND n = $2`,
);

/** Gives up an open attempt whose pilot can't be relied on any more; its job waits again, or ends when killed. */
export async function loseAttempt(tx: Sql, attempt: LockedAttempt, reason: string, source: string): Promise<void> {
  const minor = attempt.state === 'Claimed' ? MINOR.notStarted : MINOR.pilotLost;
  const soFar: JobSoFar = attempt;
  await tx.rows(LOSE, [attempt.jobId, attempt.n, minor, reason]);
  await moveJob(tx, attempt.jobId, afterLoss(soFar, minor), null, source);
}

// The centre owns the idle clock: it starts when the last open attempt of the VM has ended.
const IDLE = sql(
  'vm_idle_clock',
  `UPDATE vm SET idle_since = now() WHERE id = ANY($1::uuid[]) AND idle_since IS NULL AND NOT EXISTS (
     SELECT 1 FROM attempt a WHERE a.vm_id = vm.id AND a.state IN ('Claimed', 'Running', 'Completing'))`,
);

export async function startIdleClocks(tx: Sql, vmIds: readonly VmId[]): Promise<void> {
  await tx.rows(IDLE, [[...new Set(vmIds)].sort()]);
}
