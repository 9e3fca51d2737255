// A migrated database of the test's own, and rows that other rows refer to.
import { Secret, type VmId } from '@pilotfish/model';
import { createDatabase } from '@pilotfish/test-kit';
import { dataSource, migrate } from '../data-source.ts';
import { Database, sql } from '../database.ts';

export async function aDatabase() {
  const made = await createDatabase((url) => migrate(new Secret(url)), 'pilotfish');
  const db = new Database(new Secret(made.url), { max: 6 });
  const source = await dataSource(new Secret(made.url)).initialize();
  await db.rows(sql('two_vos', `INSERT INTO vo (name) VALUES ('biomed'), ('astro')`));
  return {
    db,
    source,
    url: made.url,
    async close(): Promise<void> {
      await source.destroy();
      await db.close();
      await made.drop();
    },
  };
}

/** A VM of biomed, booting, with this activation hash, valid for `validS` seconds. */
export async function insertVm(db: Database, id: VmId, activationHash: Buffer, validS = 600): Promise<void> {
  await db.rows(
    sql(
      'fixture_endpoint',
      `INSERT INTO endpoint (name, kind, site, max_vms, max_processors) VALUES ('here', 'local', 'here', 9, 9)
       ON CONFLICT DO NOTHING`,
    ),
  );
  await db.rows(
    sql(
      'fixture_profile',
      `INSERT INTO profile (vo, name, version, spec, created_by) VALUES ('biomed', 'small', 1, '{}', 'ann')
       ON CONFLICT DO NOTHING`,
    ),
  );
  await db.rows(
    sql(
      'fixture_vm',
      `INSERT INTO vm (id, vo, endpoint, profile, profile_version, state, processors, memory_mb, disk_mb, gpus, because,
         activation_hash, activation_until)
       VALUES ($1, 'biomed', 'here', 'small', 1, 'booting', 4, 4096, 10000, 0, 'a test', $2, now() + $3 * interval '1 s')`,
    ),
    [id, activationHash, validS],
  );
}
