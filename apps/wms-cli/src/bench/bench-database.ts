// The database of one bench: an embedded PostgreSQL with full durability in a fresh folder, or a new database on a
// server that was given. Either is gone afterwards.
import { randomBytes } from 'node:crypto';
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, removePostgresData, startPostgres } from '@pilotfish/embedded-postgres';
import { Secret, WmsError } from '@pilotfish/model';
import pg from 'pg';

/** Measured: a waiting job with its indexes, its copy for the baseline, and the log of writing both. */
const BYTES_PER_JOB = 1000;
const BYTES_ANYWAY = 1.5 * 2 ** 30;

export interface BenchDatabase {
  readonly url: Secret;
  /** Of the server, when it is ours. */
  readonly pid: number | undefined;
  remove(): Promise<void>;
}

/** @throws WmsError `unavailable` when the disk has no room for so many jobs. */
export function requireDisk(folder: string, waiting: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const [free, needed] = [bavail * bsize, BYTES_ANYWAY + waiting * BYTES_PER_JOB];
  if (free >= needed) return;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new WmsError(
    'unavailable',
    `${waiting} waiting jobs need ${gib(needed)} of disk, and ${folder} has ${gib(free)}: ask for fewer with --waiting, or give a server with --database-url.`,
  );
}

/** `statements`: let the server count them (pg_stat_statements). */
export async function embeddedDatabase(folder: string, cacheDir: string, statements: boolean): Promise<BenchDatabase> {
  const settings = { dataDir: join(folder, 'postgres'), cacheDir, durability: 'full' } as const;
  let server = await startPostgres(settings);
  if (statements) server = await withStatements(server, () => startPostgres(settings));
  return {
    url: server.url,
    pid: server.pid,
    async remove() {
      await server.stop();
      removePostgresData(settings.dataDir);
    },
  };
}

async function withStatements(
  server: EmbeddedPostgres,
  again: () => Promise<EmbeddedPostgres>,
): Promise<EmbeddedPostgres> {
  await run(server.url, `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
  await server.stop();
  const next = await again();
  await run(next.url, 'CREATE EXTENSION pg_stat_statements');
  return next;
}

/** On a server of the caller: a database with a name of its own. */
export async function givenDatabase(server: Secret): Promise<BenchDatabase> {
  const name = `pilotfish_bench_${randomBytes(6).toString('hex')}`;
  await run(server, `CREATE DATABASE ${name}`);
  const url = new URL(server.reveal());
  url.pathname = `/${name}`;
  return {
    url: new Secret(url.href),
    pid: undefined,
    remove: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function run(url: Secret, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url.reveal() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
