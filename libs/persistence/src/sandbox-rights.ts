import type { SandboxRights } from '@pilotfish/workload';
import { type Database, sql } from './database.ts';

const GRANT = sql(
  'sandbox_grant',
  `WITH stored AS (INSERT INTO sandbox (digest, size) VALUES ($1, $2) ON CONFLICT (digest) DO UPDATE SET size = excluded.size RETURNING digest)
   INSERT INTO sandbox_owner (digest, vo, owner) SELECT digest, $3, $4 FROM stored ON CONFLICT DO NOTHING`,
);
const OWNS = sql('sandbox_owns', 'SELECT 1 FROM sandbox_owner WHERE digest = $1 AND vo = $2 AND owner = $3');

export function postgresSandboxRights(db: Database): SandboxRights {
  return {
    async grant(digest, size, vo, owner) {
      await db.rows(GRANT, [digest, size, vo, owner]);
    },
    async owns(digest, vo, owner) {
      return (await db.rows(OWNS, [digest, vo, owner])).length > 0;
    },
  };
}
