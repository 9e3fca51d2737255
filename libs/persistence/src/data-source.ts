// TypeORM over the same database: migrations, and the small tables that people edit.
import 'reflect-metadata';
import { JOB_TRANSITIONS, type Secret, VM_TRANSITIONS } from '@pilotfish/model';
import { DataSource } from 'typeorm';
import { endpointEntity } from './entities/endpoint.ts';
import { userEntity } from './entities/user.ts';
import { voEntity } from './entities/vo.ts';
import { People0001 } from './migrations/0001-people.ts';
import { Fleet0002 } from './migrations/0002-fleet.ts';
import { Jobs0003 } from './migrations/0003-jobs.ts';
import { Credentials0004 } from './migrations/0004-credentials.ts';
import { Shares0005 } from './migrations/0005-shares.ts';
import { StartEstimates0006 } from './migrations/0006-start-estimates.ts';

/** Any number; the same for every process that migrates. */
const MIGRATION_LOCK = 7_417_001;
const OLDEST_SERVER = 150_000;

export const MIGRATIONS = [People0001, Fleet0002, Jobs0003, Credentials0004, Shares0005, StartEstimates0006];

export function dataSource(url: Secret): DataSource {
  return new DataSource({
    type: 'postgres',
    url: url.reveal(),
    entities: [voEntity, userEntity, endpointEntity],
    migrations: MIGRATIONS,
    poolSize: 3,
    applicationName: 'pilotfish-admin',
    logging: false,
  });
}

/** Brings the schema up to date, once however many processes start together. */
export async function migrate(url: Secret): Promise<void> {
  const source = await dataSource(url).initialize();
  const lock = source.createQueryRunner();
  try {
    const [{ version }] = (await lock.query(`SELECT current_setting('server_version_num')::int AS version`)) as [
      { version: number },
    ];
    if (version < OLDEST_SERVER) throw new Error(`PostgreSQL 15 or newer is needed; this server says ${version}`);
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations({ transaction: 'each' });
    await writeTransitions(lock.query.bind(lock), 'job_transition', JOB_TRANSITIONS);
    await writeTransitions(lock.query.bind(lock), 'vm_transition', VM_TRANSITIONS);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await source.destroy();
  }
}

/** The database refuses illegal steps by the model's own table, copied at each start. */
async function writeTransitions(
  query: (text: string, values?: unknown[]) => Promise<unknown>,
  table: 'job_transition' | 'vm_transition',
  transitions: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const pairs = Object.entries(transitions).flatMap(([from, targets]) => targets.map((to) => [from, to] as const));
  const columns = [pairs.map(([from]) => from), pairs.map(([, to]) => to)];
  await query(`INSERT INTO ${table} SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`, columns);
  await query(
    `DELETE FROM ${table} t WHERE NOT EXISTS (SELECT 1 FROM unnest($1::text[], $2::text[]) AS p(f, t2) WHERE p.f = t.from_state AND p.t2 = t.to_state)`,
    columns,
  );
}
