import { createHash } from 'node:crypto';
import { type JobId, MINOR } from '@pilotfish/model';
import type { NewJob, Receipt } from '@pilotfish/workload';
import { type Database, type Sql, sql } from '../database.ts';
import { keepReply } from '../idempotency.ts';

const RESERVE = sql('reserve_job_ids', `SELECT nextval('job_id_seq') AS id FROM generate_series(1, $1)`);

export async function reserveIds(db: Database, count: number): Promise<readonly JobId[]> {
  const rows = await db.rows<{ id: JobId }>(RESERVE, [count]);
  return rows.map(({ id }) => id);
}

// Known queues are only read: a write to their rows would make submissions of one user wait for each other.
const QUEUES = sql('find_task_queues', 'SELECT id, key FROM task_queue WHERE key = ANY($1::bytea[])');
const NEW_QUEUES = sql(
  'insert_task_queues',
  `INSERT INTO task_queue (key, vo, grp, owner, requirements)
   SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::jsonb[]) ON CONFLICT (key) DO NOTHING`,
);
const PAYLOADS = sql(
  'insert_payloads',
  `INSERT INTO payload (digest, body) SELECT * FROM unnest($1::bytea[], $2::jsonb[]) ON CONFLICT DO NOTHING`,
);
const JOBS = sql(
  'insert_jobs',
  `WITH new AS (
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[],
       $8::bigint[], $9::bytea[], $10::text[], $11::jsonb[], $12::integer[])
       AS t(id, vo, grp, owner, name, job_group, priority, queue_id, payload_digest, credential, labels, max_reschedules)
   ), stored AS (
     INSERT INTO job (id, vo, grp, owner, name, job_group, state, minor, priority, queue_id, payload_digest, credential,
       labels, max_reschedules)
     SELECT id, vo, grp, owner, name, job_group, 'Waiting', '${MINOR.waiting}', priority, queue_id, payload_digest,
       credential, labels, max_reschedules FROM new
   ), waiting AS (
     INSERT INTO waiting_job (queue_id, priority, job_id) SELECT queue_id, priority, id FROM new
   )
   INSERT INTO job_event (job_id, state, minor, source, attempt)
   SELECT id, e.state, e.minor, $13, 0 FROM new CROSS JOIN
     (VALUES (1, 'Received', '${MINOR.accepted}'), (2, 'Waiting', '${MINOR.waiting}')) AS e(ord, state, minor)
   ORDER BY id, e.ord`,
);

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** All jobs or none, each already in its queue when this returns. */
export async function insertJobs(
  db: Database,
  jobs: readonly NewJob[],
  source: string,
  receipt?: Receipt,
): Promise<void> {
  if (jobs.length === 0) return;
  await db.transaction(async (tx) => {
    const queueOf = await upsertQueues(tx, jobs);
    const payloads = jobs.map((job) => JSON.stringify(job.payload));
    const digests = payloads.map(sha256);
    const distinct = [...new Map(digests.map((digest, i) => [digest.toString('hex'), i])).entries()]
      .sort()
      .map(([, i]) => i);
    await tx.rows(PAYLOADS, [distinct.map((i) => digests[i]), distinct.map((i) => payloads[i])]);
    await tx.rows(JOBS, [
      jobs.map((job) => job.id),
      jobs.map((job) => job.vo),
      jobs.map((job) => job.group),
      jobs.map((job) => job.owner),
      jobs.map((job) => job.name),
      jobs.map((job) => job.jobGroup),
      jobs.map((job) => job.priority),
      jobs.map((job) => queueOf(job)),
      digests,
      jobs.map((job) => job.credential),
      jobs.map((job) => JSON.stringify(job.labels)),
      jobs.map((job) => job.maxReschedules),
      source,
    ]);
    if (receipt) await keepReply(tx, receipt);
  });
}

async function upsertQueues(tx: Sql, jobs: readonly NewJob[]): Promise<(job: NewJob) => number> {
  const keys = new Map<NewJob, string>();
  for (const job of jobs) keys.set(job, queueKey(job));
  // In one order in every transaction, so that two submissions can't wait for each other.
  const distinct = [...new Map(jobs.map((job) => [keys.get(job)!, job])).entries()].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  let ids = await queueIds(
    tx,
    distinct.map(([key]) => key),
  );
  const fresh = distinct.filter(([key]) => !ids.has(key));
  if (fresh.length > 0) {
    await tx.rows(NEW_QUEUES, [
      fresh.map(([key]) => Buffer.from(key, 'hex')),
      fresh.map(([, job]) => job.vo),
      fresh.map(([, job]) => job.group),
      fresh.map(([, job]) => job.owner),
      fresh.map(([, job]) => JSON.stringify(job.requirements)),
    ]);
    // Read again: another submission may have made some of them just now.
    ids = await queueIds(
      tx,
      distinct.map(([key]) => key),
    );
  }
  return (job) => ids.get(keys.get(job)!)!;
}

const queueKey = (job: NewJob): string =>
  sha256(JSON.stringify([job.vo, job.group, job.owner, job.requirementsKey])).toString('hex');

async function queueIds(tx: Sql, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.rows<{ id: number; key: Buffer }>(QUEUES, [keys.map((key) => Buffer.from(key, 'hex'))]);
  return new Map(rows.map(({ id, key }) => [key.toString('hex'), id]));
}
