// The one database cluster of a test run, started when the first test asks for it and never before. Every run takes
// the first slot nobody holds, so runs side by side don't meet and a later run spares itself the making of a cluster.
import { fileURLToPath } from 'node:url';
import { type EmbeddedPostgres, startPostgres } from '@pilotfish/embedded-postgres';
import { WmsError } from '@pilotfish/model';
import pg from 'pg';

const HOME = fileURLToPath(new URL('../../../.pilotfish/test-pg', import.meta.url));
const SLOTS = 16;

/** A running cluster without any database of an earlier run. */
export async function startTestCluster(): Promise<EmbeddedPostgres> {
  for (let slot = 0; slot < SLOTS; slot++) {
    const cluster = await tryStart(slot);
    if (cluster === undefined) continue;
    try {
      await dropLeftDatabases(cluster.url.reveal());
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }
  throw new WmsError('unavailable', `All ${SLOTS} test clusters in ${HOME} are in use: end some test runs.`);
}

async function tryStart(slot: number): Promise<EmbeddedPostgres | undefined> {
  try {
    return await startPostgres({ dataDir: `${HOME}/slot-${slot}`, cacheDir: `${HOME}/cache`, durability: 'test' });
  } catch (error) {
    if (error instanceof WmsError && error.flaws.some((flaw) => flaw.pointer === '/dataDir')) return undefined;
    throw error;
  }
}

async function dropLeftDatabases(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `select datname as name from pg_database where datname not in ('postgres', 'pilotfish', 'template0', 'template1')`,
    );
    for (const { name } of rows) await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`);
  } finally {
    await client.end();
  }
}
