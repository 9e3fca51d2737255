import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbeddedPostgres, startPostgres } from '@pilotfish/embedded-postgres';
import { Secret } from '@pilotfish/model';
import { brokerContract, createDatabase, LogBook, type TestDatabase } from '@pilotfish/test-kit';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Broker, openBroker } from './broker.ts';

const SOON = { timeout: 15_000, interval: 20 };
// The binaries are the same as the test cluster's.
const CACHE = fileURLToPath(new URL('../../../../.pilotfish/test-pg/cache', import.meta.url));

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const cutAll = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE pid <> pg_backend_pid() AND datname = current_database()`;
const ALL_TABLES = `SELECT string_agg(format('%I.%I', schemaname, tablename), ', ') AS tables
  FROM pg_tables WHERE schemaname = 'bullmq'`;

async function truncateAll(url: string): Promise<void> {
  const [row] = await query(url, ALL_TABLES);
  if (row?.tables) await query(url, `TRUNCATE ${row.tables}`);
}

describe('on a PostgreSQL of its own', () => {
  let base: string;
  let server: EmbeddedPostgres;
  const startServer = async () => {
    const port = server?.port;
    server = await startPostgres({
      dataDir: join(base, 'pg'),
      cacheDir: CACHE,
      durability: 'test',
      ...(port ? { port } : {}),
    });
  };
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'broker-'));
    await chmod(base, 0o755);
    await startServer();
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await rm(base, { recursive: true, force: true });
  });

  brokerContract({
    open: (log) => openBroker({ databaseUrl: server.url, log, checkEveryMs: 300 }),
    wipe: () => truncateAll(server.url.reveal()),
    cut: async () => void (await query(server.url.reveal(), cutAll)),
    stop: () => server.stop(),
    start: startServer,
  });
});

describe('on a database', () => {
  let database: TestDatabase;
  let broker: Broker | undefined;
  const log = new LogBook();
  beforeEach(async () => {
    database = await createDatabase(async () => {}, 'empty');
  });
  afterEach(async () => {
    await broker?.close();
    await database.drop();
  });
  const open = async (url = database.url) => {
    broker = await openBroker({ databaseUrl: new Secret(url), log, checkEveryMs: 300 });
    return broker;
  };
  const counting = async () => {
    let rounds = 0;
    await broker?.every('rounds', 50, async () => void rounds++);
    await expect.poll(() => rounds, SOON).toBeGreaterThan(2);
    return () => rounds;
  };

  test('goes on after its schema was dropped', async () => {
    await open();
    const rounds = await counting();
    await query(database.url, 'DROP SCHEMA bullmq CASCADE');
    const before = rounds();
    await expect.poll(rounds, SOON).toBeGreaterThan(before + 5);
  });

  test('goes on after its jobs, or its schedules, were deleted', async () => {
    await open();
    const rounds = await counting();
    for (const table of ['job', 'scheduler']) {
      await query(database.url, `DELETE FROM bullmq.${table}`);
      const before = rounds();
      await expect.poll(rounds, SOON).toBeGreaterThan(before + 5);
    }
  });

  test('makes a schema anew that lost its ledger, and opens many times at once', async () => {
    await (await open()).close();
    await truncateAll(database.url);
    const secret = new Secret(database.url);
    const brokers = await Promise.all([1, 2, 3].map(() => openBroker({ databaseUrl: secret, log })));
    await Promise.all(brokers.map((one) => one.close()));
    await open();
    await counting();
  });

  test('takes at most four connections, however many queues there are, and keeps the options of the URL', async () => {
    const url = new URL(database.url);
    url.searchParams.set('options', '-c statement_timeout=45000');
    const opened = await open(url.toString());
    await counting();
    const seen: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      const queue = await opened.queue(name, async (id) => void seen.push(id), { concurrency: 8 });
      await Promise.all(Array.from({ length: 20 }, (_, at) => queue.add(`${name}${at}`)));
    }
    await expect.poll(() => seen.length, SOON).toBe(120);
    const [row] = await query(
      database.url,
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'pilotfish-broker' AND datname = current_database()`,
    );
    expect(row?.n).toBeLessThanOrEqual(4);
    expect(new Set(seen).size).toBe(120);
  });

  test('says so at once when the database is away', async () => {
    await expect(open('postgresql://nobody@127.0.0.1:1/none')).rejects.toThrow();
  });
});
