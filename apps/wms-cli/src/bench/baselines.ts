// What the same database and the same machine do without a matcher or a service: the ceiling, measured in the same run.
import type { Secret } from '@pilotfish/model';
import pg from 'pg';
import { type Driven, drive } from './drive.ts';
import { httpRequest, KeptConnection } from './kept-connection.ts';
import type { Stage } from './stage.ts';

export interface Effort {
  readonly clients: number;
  readonly warmUpMs: number;
  readonly ms: number;
}

/** Places drawn from, so that a queue comes up as often as it has jobs. */
const PLACES = 4096;

/** More than such a machine makes; a table that runs empty would measure nothing. */
const MOST_CLAIMS_PER_S = 30_000;
const TOP_UP = `INSERT INTO bench_waiting (queue_id, priority, job_id)
  SELECT w.queue_id, w.priority, w.job_id + again * top.id FROM bench_waiting w,
    (SELECT max(job_id) AS id, count(*) AS n FROM bench_waiting) top,
    generate_series(1, ceil($1::float8 / greatest(top.n, 1))::int - 1) again`;

/** Bare claims: one job per statement and commit, SKIP LOCKED in the index's order, on a copy of the waiting jobs. */
export async function bareClaims(stage: Stage, effort: Effort): Promise<Driven> {
  await stage.sql.query('CREATE TABLE bench_waiting (LIKE waiting_job INCLUDING ALL)');
  await stage.sql.query('INSERT INTO bench_waiting SELECT * FROM waiting_job');
  const enough = (MOST_CLAIMS_PER_S * (effort.ms + effort.warmUpMs)) / 1000;
  await stage.sql.query(TOP_UP, [enough]);
  await stage.sql.query('VACUUM (ANALYZE) bench_waiting');
  const queues = await drawnQueues(stage.sql);
  const text = `DELETE FROM bench_waiting WHERE job_id = (SELECT job_id FROM bench_waiting WHERE queue_id = $1
    ORDER BY priority DESC, job_id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING job_id`;
  let draw = 0;
  return withClients(stage.databaseUrl, effort, async (db) => {
    draw += 1;
    const queue = queues[(draw * 2_654_435_761) % queues.length];
    const { rowCount } = await db.query({ name: 'bare_claim', text, values: [queue] });
    return rowCount === 1;
  });
}

async function drawnQueues(sql: pg.Pool): Promise<readonly string[]> {
  const { rows } = await sql.query<{ queue_id: string; jobs: string }>(
    'SELECT queue_id, count(*) AS jobs FROM bench_waiting GROUP BY 1 ORDER BY 1',
  );
  const total = rows.reduce((sum, { jobs }) => sum + Number(jobs), 0);
  return rows.flatMap(({ queue_id, jobs }) =>
    Array.from({ length: Math.ceil((PLACES * Number(jobs)) / total) }, () => queue_id),
  );
}

/** Bare inserts: `rows` rows of some 700 bytes per statement and commit. */
export async function bareInserts(stage: Stage, effort: Effort, rows: number): Promise<Driven> {
  await stage.sql.query(
    'CREATE TABLE IF NOT EXISTS bench_insert (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body jsonb NOT NULL)',
  );
  const body = JSON.stringify({
    executable: '/bin/true',
    arguments: Array.from({ length: 60 }, (_, n) => `input-${n}`),
  });
  const text = 'INSERT INTO bench_insert (body) SELECT $1::jsonb FROM generate_series(1, $2::int)';
  return withClients(stage.databaseUrl, effort, async (db) => {
    await db.query({ name: 'bare_insert', text, values: [body, rows] });
    return true;
  });
}

/** The service's own HTTP with nothing behind it. */
export async function bareHttp(stage: Stage, effort: Effort): Promise<Driven> {
  const lines = await Promise.all(Array.from({ length: effort.clients }, () => KeptConnection.open(stage.url)));
  const request = httpRequest({ method: 'GET', path: '/health/live', host: new URL(stage.url).host });
  try {
    return await drive({
      ...effort,
      act: async (client) => {
        const sent = performance.now();
        await lines[client]!.send(request);
        return performance.now() - sent;
      },
    });
  } finally {
    for (const line of lines) line.close();
  }
}

async function withClients(url: Secret, effort: Effort, act: (db: pg.Client) => Promise<boolean>): Promise<Driven> {
  const clients = Array.from({ length: effort.clients }, () => new pg.Client({ connectionString: url.reveal() }));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    return await drive({
      ...effort,
      act: async (client) => {
        const sent = performance.now();
        return (await act(clients[client]!)) ? performance.now() - sent : 'uncounted';
      },
    });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}
