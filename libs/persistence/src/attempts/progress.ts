// Phases and logs of open attempts.
import type { Accepted, AttemptKey, Phase } from '@pilotfish/workload';
import { type Database, sql } from '../database.ts';

// Phases only go forward: a late report changes nothing and is no error.
const PHASE = sql(
  'attempt_phase',
  `WITH mine AS (
     SELECT a.job_id, a.n, array_position('{Claimed,Running,Completing}', a.state)
       > array_position('{starting,running,completing}', $4) AS late FROM attempt a JOIN job j ON j.id = a.job_id AND j.attempt = a.n
     WHERE a.job_id = $1 AND a.n = $2 AND a.vm_id = $3 AND a.state IN ('Claimed', 'Running', 'Completing')
     FOR UPDATE OF j, a
   ), stepped AS (
     UPDATE attempt a SET started_at = coalesce(a.started_at, CASE WHEN $4 <> 'starting' THEN now() END),
       state = CASE WHEN $4 = 'completing' THEN 'Completing' WHEN $4 = 'running' AND a.state = 'Claimed' THEN 'Running'
         ELSE a.state END
     FROM mine WHERE a.job_id = mine.job_id AND a.n = mine.n AND NOT mine.late
   ), moved AS (
     UPDATE job j SET minor = $5, application_status = coalesce($6, j.application_status),
       started_at = coalesce(j.started_at, CASE WHEN $4 <> 'starting' THEN now() END),
       state = CASE WHEN $4 IN ('running', 'completing') AND j.state = 'Matched' THEN 'Running' ELSE j.state END
     FROM mine WHERE j.id = mine.job_id AND NOT mine.late RETURNING j.id, j.state, j.application_status, j.attempt
   ), logged AS (
     INSERT INTO job_event (job_id, state, minor, application_status, source, attempt)
     SELECT id, state, $5, application_status, 'pilot', attempt FROM moved
   )
   SELECT job_id FROM mine`,
);
const COMPLETING = sql(
  'job_completing',
  `UPDATE job SET state = 'Completing' WHERE id = $1 AND attempt = $2 AND state IN ('Running', 'Stalled')`,
);
const IS_OPEN = sql(
  'attempt_is_open',
  `SELECT 1 FROM attempt a JOIN job j ON j.id = a.job_id AND j.attempt = a.n
   WHERE a.job_id = $1 AND a.n = $2 AND a.vm_id = $3 AND a.state IN ('Claimed', 'Running', 'Completing')`,
);
const APPEND = sql(
  'append_job_log',
  `INSERT INTO job_log (job_id, n, stream, start, bytes)
   SELECT $1, $2, $4, $5, $6 FROM attempt WHERE job_id = $1 AND n = $2 AND vm_id = $3
   ON CONFLICT (job_id, n, stream, start) DO UPDATE SET bytes = excluded.bytes WHERE length(excluded.bytes) > length(job_log.bytes)`,
);
const MINE = sql('attempt_is_mine', 'SELECT 1 FROM attempt WHERE job_id = $1 AND n = $2 AND vm_id = $3');
const MAY_READ = sql(
  'vm_may_read_sandbox',
  `SELECT 1 FROM attempt a JOIN job j ON j.id = a.job_id JOIN payload p ON p.digest = j.payload_digest
   WHERE a.vm_id = $1 AND a.state IN ('Claimed', 'Running', 'Completing') AND p.body->>'inputSandbox' = $2 LIMIT 1`,
);

const values = (key: AttemptKey) => [key.jobId, key.n, key.vmId];

export async function phase(
  db: Database,
  key: AttemptKey,
  to: Phase,
  minor: string,
  applicationStatus: string | undefined,
): Promise<Accepted> {
  return db.transaction(async (tx) => {
    const rows = await tx.rows(PHASE, [...values(key), to, minor, applicationStatus ?? null]);
    if (rows.length === 0) return 'stale';
    if (to === 'completing') await tx.rows(COMPLETING, [key.jobId, key.n]);
    return 'accepted';
  });
}

export async function isOpen(db: Database, key: AttemptKey): Promise<boolean> {
  return (await db.rows(IS_OPEN, values(key))).length > 0;
}

/** A pilot may still send the last bytes after its outcome was taken; they belong to its own attempt in any case. */
export async function appendLog(
  db: Database,
  key: AttemptKey,
  stream: string,
  offset: number,
  bytes: Buffer,
): Promise<Accepted> {
  if ((await db.rows(MINE, values(key))).length === 0) return 'stale';
  await db.rows(APPEND, [...values(key), stream, offset, bytes]);
  return 'accepted';
}

export async function mayReadSandbox(db: Database, vmId: string, digest: string): Promise<boolean> {
  return (await db.rows(MAY_READ, [vmId, digest])).length > 0;
}
