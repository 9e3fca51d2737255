// Real databases for tests: one template per run and schema, then a copy per test, which takes about 14 ms.
import { createHash, randomBytes } from 'node:crypto';
import { WmsError } from '@pilotfish/model';
import pg from 'pg';

export interface TestDatabase {
  /** `postgresql://` URL of a superuser. */
  readonly url: string;
  /** Close your connections first; those still open are cut. */
  drop(): Promise<void>;
}

/**
 * A fresh database made by `migrate`, which runs once per test run and `schema` and must close its connections.
 * `schema` names what `migrate` makes, for instance a hash over the migrations.
 */
export async function createDatabase(
  migrate: (url: string) => Promise<void>,
  schema = 'default',
): Promise<TestDatabase> {
  const adminUrl = await clusterUrl();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withAdmin(adminUrl, async (admin) => {
    const template = await ensureTemplate(admin, adminUrl, migrate, schema);
    await admin.query(`create database ${name} template ${template} strategy file_copy`);
  });
  return {
    url: urlOf(adminUrl, name),
    drop: () =>
      withAdmin(adminUrl, async (admin) => {
        await admin.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

let asked: Promise<string> | undefined;

function clusterUrl(): Promise<string> {
  asked ??= askForCluster();
  return asked;
}

async function askForCluster(): Promise<string> {
  // Imported late: this lib's other exports are of use outside Vitest too.
  const { inject } = await import('vitest');
  const door = inject('testClusterDoor');
  if (door === undefined) {
    throw new WmsError('unavailable', 'No test database: add libs/test-kit/src/global-setup.ts to `globalSetup`.');
  }
  const response = await fetch(door);
  const text = await response.text();
  if (!response.ok) throw new WmsError('unavailable', `The test database did not start: ${text}`);
  return text;
}

// Workers may come at once; the advisory lock lets one migrate. The template gets its name only when it is whole.
async function ensureTemplate(
  admin: pg.Client,
  adminUrl: string,
  migrate: (url: string) => Promise<void>,
  schema: string,
): Promise<string> {
  const key = createHash('sha256').update(schema).digest('hex').slice(0, 16);
  const template = `template_${key}`;
  const draft = `draft_${key}`;
  if (await exists(admin, template)) return template;
  await admin.query('select pg_advisory_lock(hashtextextended($1, 0))', [template]);
  try {
    if (await exists(admin, template)) return template;
    await admin.query(`drop database if exists ${draft} with (force)`);
    await admin.query(`create database ${draft} strategy file_copy`);
    await migrate(urlOf(adminUrl, draft));
    await admin.query(`alter database ${draft} with allow_connections false`);
    await admin.query(`alter database ${draft} rename to ${template}`);
    return template;
  } finally {
    await admin.query('select pg_advisory_unlock(hashtextextended($1, 0))', [template]);
  }
}

async function exists(admin: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [name]);
  return rowCount === 1;
}

function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

async function withAdmin<T>(url: string, use: (admin: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
