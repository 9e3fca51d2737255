// Asks a server who it is, by connecting. SCRAM proves both ways: a stranger on the port can't answer with our secret.
import { Secret, WmsError } from '@pilotfish/model';
import pg from 'pg';
import { USER } from './cluster.ts';
import { sameFolder } from './postmaster-pid.ts';
import type { Durability } from './server-settings.ts';

const WRONG_PASSWORD = '28P01';

export interface ServerFacts {
  readonly durability: Durability;
}

export function urlFor(port: number, password: Secret<string>, database: string): Secret<string> {
  return new Secret(`postgresql://${USER}:${password.reveal()}@127.0.0.1:${port}/${database}`);
}

/**
 * The server of `folder` on this port, or `undefined` when nobody answers (yet) or another one does.
 * @throws WmsError `unavailable` when it is a PostgreSQL that refuses our password.
 */
export async function probe(port: number, password: Secret<string>, folder: string): Promise<ServerFacts | undefined> {
  try {
    return await withClient(urlFor(port, password, 'postgres'), async (client) => {
      const { rows } = await client.query(
        `select current_setting('data_directory') as folder, current_setting('fsync') as fsync`,
      );
      if (!sameFolder(rows[0].folder, folder)) return undefined;
      return { durability: rows[0].fsync === 'on' ? 'full' : 'test' };
    });
  } catch (error) {
    if ((error as { code?: string }).code !== WRONG_PASSWORD) return undefined;
    throw new WmsError(
      'unavailable',
      `The database on port ${port} refuses the password of ${folder}: restore its \`password\` file.`,
    );
  }
}

/** Makes the database unless it is there; only one starter gets here at a time. */
export async function ensureDatabase(port: number, password: Secret<string>, name: string): Promise<void> {
  await withClient(urlFor(port, password, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  });
}

async function withClient<T>(url: Secret<string>, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url.reveal(), connectionTimeoutMillis: 5_000 });
  // A server that goes down under us also fails the query; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
