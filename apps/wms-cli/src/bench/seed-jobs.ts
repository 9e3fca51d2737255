// Waiting jobs by the million, straight into the ledger: the rows that as many submissions leave, without their events.
// Neighbours by id are in different queues, as when many people submit at the same time.
import { createHash } from 'node:crypto';
import { MINOR } from '@pilotfish/model';
import type pg from 'pg';
import type { QueueShape } from './queue-shapes.ts';

const CHUNK = 200_000;
/** Jobs of one production share much of their description, but not all. */
const JOBS_PER_PAYLOAD = 10;
const MOST_PAYLOADS = 100_000;
/** Age of the oldest job, in seconds. */
const OLDEST_S = 86_400;

const QUEUES = `INSERT INTO task_queue (key, vo, grp, owner, requirements)
  SELECT * FROM unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::jsonb[]) RETURNING id::int`;

// Some 700 bytes: program, arguments, environment and input data of a production job.
const PAYLOADS = `CREATE TEMP TABLE bench_payload AS SELECT n, sha256(convert_to(body::text, 'UTF8')) AS digest, body
  FROM generate_series(0, $1::int - 1) n, LATERAL (SELECT jsonb_build_object(
    'executable', 'lb-run-production', 'stdout', 'std.out', 'stderr', 'std.err', 'inputSandbox', null,
    'arguments', jsonb_build_array('--production', (250000 + n / 1000)::text, '--job', n::text, '--application',
      'Gauss/v56r9', '--options', '$APPCONFIGOPTS/Gauss/Beam6800GeV-mu100-2024.W37.39-nu7.6.py', '--events', '250'),
    'environment', jsonb_build_object('CMTCONFIG', 'x86_64_v2-centos7-gcc12-opt', 'PRODUCTION_ID', (250000 + n / 1000)::text),
    'outputSandbox', jsonb_build_array('*.log', 'summary*.xml'),
    'inputData', jsonb_build_array('/community/mc/2024/gen/' || lpad(n::text, 8, '0') || '/' || md5(n::text) || '.sim'),
    'outputData', '[]'::jsonb) AS body) made`;

const JOBS = `WITH new AS (
    SELECT id, width_bucket((id * $3) % $4, $5::bigint[]) AS at FROM generate_series($1::bigint, $2::bigint) id
  ), stored AS (
    INSERT INTO job (id, vo, grp, owner, name, state, minor, priority, queue_id, payload_digest, credential,
      max_reschedules, submitted_at)
    SELECT n.id, $6, ($8::text[])[n.at], ($9::text[])[n.at], 'production ' || n.at, 'Waiting', '${MINOR.waiting}', 1,
      ($7::bigint[])[n.at], p.digest, 'none', 3, now() - ${OLDEST_S} * interval '1 s' * (1 - n.id::float8 / $4)
    FROM new n JOIN bench_payload p ON p.n = n.id % $10
  )
  INSERT INTO waiting_job (queue_id, priority, job_id, since)
  SELECT ($7::bigint[])[at], 1, id, now() - ${OLDEST_S} * interval '1 s' * (1 - id::float8 / $4) FROM new`;

/** Makes every shape a task queue with its jobs waiting; `ids` of the queues in the order of the shapes. */
export async function seedJobs(
  pool: pg.Pool,
  vo: string,
  shapes: readonly QueueShape[],
  say: (text: string) => void,
): Promise<readonly number[]> {
  const db = await pool.connect();
  try {
    // The rows refer to each other by construction; checking it again row by row would take most of the time.
    await db.query('SET session_replication_role = replica').catch(() => undefined);
    await db.query('SET synchronous_commit = off');
    const queues = await makeQueues(db, vo, shapes);
    await fill(db, vo, shapes, queues, say);
    await db.query('RESET ALL');
    // What a server that has been up for a while has behind it.
    for (const table of ['job', 'waiting_job', 'task_queue', 'payload']) await db.query(`VACUUM (ANALYZE) ${table}`);
    await db.query('CHECKPOINT').catch(() => undefined);
    return queues;
  } finally {
    db.release(true);
  }
}

async function makeQueues(db: pg.PoolClient, vo: string, shapes: readonly QueueShape[]): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>(QUEUES, [
    shapes.map((_, index) => createHash('sha256').update(`bench ${vo} ${index}`).digest()),
    shapes.map(() => vo),
    shapes.map(({ group }) => group),
    shapes.map(({ owner }) => owner),
    shapes.map((shape) => JSON.stringify(requirementsOf(shape))),
  ]);
  return rows.map(({ id }) => id);
}

function requirementsOf({ cpuTimeS, jobType, sites, platforms }: QueueShape) {
  return {
    processors: { min: 1, max: 1 },
    wholeNode: false,
    memoryMb: 0,
    diskMb: 0,
    gpus: 0,
    cpuTimeS,
    wallTimeS: 0,
    sites,
    bannedSites: [],
    endpoints: [],
    platforms,
    tags: [],
    jobType,
  };
}

async function fill(
  db: pg.PoolClient,
  vo: string,
  shapes: readonly QueueShape[],
  queues: readonly number[],
  say: (text: string) => void,
): Promise<void> {
  const total = shapes.reduce((sum, { jobs }) => sum + jobs, 0);
  const payloads = Math.min(MOST_PAYLOADS, Math.ceil(total / JOBS_PER_PAYLOAD));
  await db.query(PAYLOADS.replace('$1', String(payloads)));
  await db.query('INSERT INTO payload (digest, body) SELECT digest, body FROM bench_payload ON CONFLICT DO NOTHING');
  await db.query('ANALYZE bench_payload');
  const bounds = boundsOf(shapes);
  const [groups, owners] = [shapes.map(({ group }) => group), shapes.map(({ owner }) => owner)];
  for (let first = 1; first <= total; first += CHUNK) {
    const last = Math.min(first + CHUNK - 1, total);
    await db.query(JOBS, [first, last, strideOf(total), total, bounds, vo, queues, groups, owners, payloads]);
    say(`${last} of ${total} jobs wait`);
  }
  await db.query(`SELECT setval('job_id_seq', $1)`, [total + 1]);
  await db.query('DROP TABLE bench_payload');
}

/** Where each queue begins when the jobs of all stand in a row. */
function boundsOf(shapes: readonly QueueShape[]): number[] {
  let next = 0;
  return shapes.map(({ jobs }) => {
    next += jobs;
    return next - jobs;
  });
}

/** Multiplying by it goes through all of `total` in a scattered order: it has no divisor in common with it. */
export function strideOf(total: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let stride = Math.max(1, Math.floor(total * 0.618));
  while (divisor(total, stride) !== 1) stride += 1;
  return stride;
}
