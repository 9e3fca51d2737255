import { type Job, type JobId, OPEN_ATTEMPT_STATES } from '@pilotfish/model';
import type { AttemptRecord, JobEvent, JobFilter, JobScope, LogPiece } from '@pilotfish/workload';
import { type Database, sql } from '../database.ts';
import { filtered } from './job-filter.ts';

const JOB_COLUMNS = `j.id, j.vo, j.grp AS "group", j.owner, j.name, j.job_group AS "jobGroup", j.state, j.minor,
  j.application_status AS "applicationStatus", j.priority, j.queue_id AS "queueId", q.requirements, p.body AS payload,
  j.credential, j.labels, j.attempt, j.reschedules, j.max_reschedules AS "maxReschedules",
  j.submitted_at AS "submittedAt", j.started_at AS "startedAt", j.ended_at AS "endedAt", j.exit_code AS "exitCode",
  j.kill_reason AS "killReason"`;
const JOB_TABLES = 'job j JOIN task_queue q ON q.id = j.queue_id JOIN payload p ON p.digest = j.payload_digest';

const FIND = sql(
  'find_job',
  `SELECT ${JOB_COLUMNS} FROM ${JOB_TABLES} WHERE j.id = $1 AND ($2::text IS NULL OR j.vo = $2) AND ($3::text IS NULL OR j.owner = $3)`,
);
const HISTORY = sql(
  'job_history',
  `SELECT at, state, minor, application_status AS "applicationStatus", source, attempt FROM job_event WHERE job_id = $1 ORDER BY id`,
);
const ATTEMPTS = sql(
  'job_attempts',
  `SELECT a.job_id AS "jobId", a.n, a.vm_id AS "vmId", a.pilot_id AS "pilotId", a.ask_id AS "askId", a.state, a.processors,
     a.memory_mb AS "memoryMb", a.claimed_at AS "claimedAt", a.started_at AS "startedAt", a.ended_at AS "endedAt",
     a.exit_code AS "exitCode", a.reason, a.cpu_s AS "cpuS", a.max_rss_mb AS "maxRssMb",
     a.output_digest AS "outputSandbox", a.stop_requested_at AS "stopRequestedAt", v.endpoint
   FROM attempt a JOIN vm v ON v.id = a.vm_id WHERE a.job_id = $1 ORDER BY a.n`,
);
const LOG = sql(
  'job_log_from',
  `SELECT start, bytes FROM job_log WHERE job_id = $1 AND n = $2 AND stream = $3 AND start + length(bytes) > $4
   ORDER BY start LIMIT 64`,
);
const MAY_GROW = sql(
  'job_log_may_grow',
  `SELECT CASE WHEN a.state IS NULL THEN j.ended_at IS NULL ELSE a.state = ANY($3::text[]) END AS grows
   FROM job j LEFT JOIN attempt a ON a.job_id = j.id AND a.n = $2 WHERE j.id = $1`,
);

export async function findJob(db: Database, id: JobId, scope: JobScope): Promise<Job | undefined> {
  const [row] = await db.rows<Job>(FIND, [id, scope.vo ?? null, scope.owner ?? null]);
  return row;
}

const DEFAULT_LIMIT = 100;

export async function listJobs(db: Database, filter: JobFilter): Promise<readonly Job[]> {
  const [statement, values] = filtered(
    'list_jobs',
    filter,
    (where, limit) => `SELECT ${JOB_COLUMNS} FROM ${JOB_TABLES} WHERE ${where} ORDER BY j.id DESC LIMIT ${limit}`,
    filter.limit ?? DEFAULT_LIMIT,
  );
  return db.rows<Job>(statement, values);
}

export async function countJobs(db: Database, filter: JobFilter): Promise<Record<string, number>> {
  const { before: _, ...whole } = filter;
  const [statement, values] = filtered(
    'count_jobs',
    whole,
    (where) => `SELECT j.state, count(*) AS n FROM job j WHERE ${where} GROUP BY j.state`,
  );
  const rows = await db.rows<{ state: string; n: number }>(statement, values);
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

export async function jobHistory(db: Database, id: JobId): Promise<readonly JobEvent[]> {
  return db.rows<JobEvent>(HISTORY, [id]);
}

export async function jobAttempts(db: Database, id: JobId): Promise<readonly AttemptRecord[]> {
  return db.rows<AttemptRecord>(ATTEMPTS, [id]);
}

/** The unbroken run of bytes from `offset` on; a gap that is still to come ends it. */
export async function jobLog(db: Database, id: JobId, n: number, stream: string, offset: number): Promise<LogPiece> {
  // State first: what is read after an end was seen is all there will be.
  const [log] = await db.rows<{ grows: boolean }>(MAY_GROW, [id, n, OPEN_ATTEMPT_STATES]);
  const rows = await db.rows<{ start: number; bytes: Buffer }>(LOG, [id, n, stream, offset]);
  const pieces: Buffer[] = [];
  let next = offset;
  for (const { start, bytes } of rows) {
    if (start > next) break;
    const fresh = bytes.subarray(next - start);
    pieces.push(fresh);
    next += fresh.length;
  }
  return { bytes: Buffer.concat(pieces), ended: log?.grows === false && pieces.length === 0 };
}
