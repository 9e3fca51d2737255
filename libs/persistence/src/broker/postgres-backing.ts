// BullMQ on PostgreSQL with one small pool for all queues and workers, one of its connections listening for all.
import type { Secret } from '@pilotfish/model';
import {
  type BackendFactory,
  type IQueueBackend,
  LATEST_SCHEMA_VERSION,
  type PgPool,
  PostgresConnection,
  PostgresQueueBackend,
  Queue,
  runMigrations,
  Worker,
} from 'bullmq';
import pg from 'pg';
import { type Backing, type BullQueue, type BullWorker, QUEUE_DEFAULTS, WORKER_DEFAULTS } from './backing.ts';

const SCHEMA = 'bullmq';
const MAX_CONNECTIONS = 4;
/** Any number; the same for every process that makes the schema. */
const SCHEMA_LOCK = 7_417_002;
const UNDEFINED_TABLE = '42P01';
/** Behind every notification stands a poll; BullMQ alone would wait up to an hour for a lost one. */
const LONGEST_WAIT_S = 5;
/** Never used: the factory below brings the connection. */
const NO_CONNECTION = { connection: {} };

class SharedPostgresBackend extends PostgresQueueBackend {
  override get maximumBlockTimeout(): number {
    return LONGEST_WAIT_S;
  }

  /** The connection belongs to all queues and is closed once, after them. */
  override async close(): Promise<void> {}
}

/** @throws when the database does not answer or refuses to make the schema. */
export async function postgresBacking(url: Secret): Promise<Backing> {
  const pool = openPool(url);
  const connection = new PostgresConnection(pool as unknown as PgPool);
  // Every queue and worker adds its own listeners.
  connection.setMaxListeners(0);
  connection.on('error', () => undefined);
  const factory: BackendFactory<IQueueBackend> = (name, options) =>
    new SharedPostgresBackend(connection, name, { ...options, connection: pool as unknown as PgPool });
  const close = async () => {
    await connection.close();
    await pool.end();
  };
  try {
    await restoreSchema(pool);
    await connection.waitUntilReady();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    queue: (name): BullQueue => new Queue(name, { ...NO_CONNECTION, ...QUEUE_DEFAULTS }, factory),
    worker: (name, processor, concurrency): BullWorker =>
      new Worker(name, processor, { ...NO_CONNECTION, ...WORKER_DEFAULTS, concurrency }, factory),
    restore: () => restoreSchema(pool),
    close,
  };
}

// BullMQ's own way to a pool loads `pg` by require and loses its search path to an `options=` in the URL; without the
// path every statement fails. So the pool is ours, and a URL's options stay in front.
function openPool(secret: Secret): pg.Pool {
  const url = new URL(secret.reveal());
  const options = `${url.searchParams.get('options') ?? ''} -c search_path=${SCHEMA},public`.trim();
  url.searchParams.delete('options');
  return new pg.Pool({
    connectionString: url.toString(),
    options,
    max: MAX_CONNECTIONS,
    application_name: 'pilotfish-broker',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    query_timeout: 60_000,
  });
}

/** Makes or mends the schema; a half of one, say after a restore or a truncate, is made anew: nothing in it is truth. */
async function restoreSchema(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    if ((await schemaVersion(client)) < LATEST_SCHEMA_VERSION) {
      await client.query('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK]);
      if ((await schemaVersion(client)) === 0) await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
      await runMigrations(client, SCHEMA);
      await client.query('SELECT pg_advisory_unlock($1)', [SCHEMA_LOCK]);
    }
    broken = false;
  } finally {
    // Ending the session also gives back its lock.
    client.release(broken);
  }
}

/** 0 when there is nothing, or not the whole. */
async function schemaVersion(client: pg.PoolClient): Promise<number> {
  try {
    const { rows } = await client.query(
      `SELECT coalesce(max(version), 0)::int AS version FROM ${SCHEMA}.migration
        WHERE to_regclass('${SCHEMA}.job') IS NOT NULL AND to_regclass('${SCHEMA}.scheduler') IS NOT NULL`,
    );
    return rows[0].version;
  } catch (error) {
    if ((error as { code?: string }).code === UNDEFINED_TABLE) return 0;
    throw error;
  }
}
