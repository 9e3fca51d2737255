// Weights of groups and users, as an administrator writes them.
import { WmsError } from '@pilotfish/model';
import { type Database, sql } from '../database.ts';
import { writeAudit } from '../identity/audit.ts';

export interface ShareWrite {
  readonly group: string;
  /** Absent: the group itself. */
  readonly owner?: string | undefined;
  readonly weight?: number | undefined;
  readonly burstCoreS?: number | undefined;
  readonly shared?: boolean | undefined;
}

// What isn't said stays as it is.
const PUT = sql(
  'share_put',
  `INSERT INTO share_node AS s (vo, grp, owner, weight, burst_core_s, shared)
   VALUES ($1, $2, $3, coalesce($4::float8, 1), coalesce($5::float8, 0), coalesce($6::boolean, false))
   ON CONFLICT (vo, grp, owner) DO UPDATE SET weight = coalesce($4::float8, s.weight),
     burst_core_s = coalesce($5::float8, s.burst_core_s), shared = coalesce($6::boolean, s.shared)`,
);
const FOREIGN_KEY = '23503';

/** Throws WmsError `unknown-vo`. */
export async function putShares(db: Database, vo: string, writes: readonly ShareWrite[], actor: string): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      for (const { group, owner = '', weight, burstCoreS, shared } of writes)
        await tx.rows(PUT, [vo, group, owner, weight ?? null, burstCoreS ?? null, shared ?? null]);
      await writeAudit(tx, actor, 'shares.put', vo, { shares: writes });
    });
  } catch (error) {
    if ((error as { code?: string }).code !== FOREIGN_KEY) throw error;
    throw new WmsError('unknown-vo', `There is no VO ${vo}; create it first.`);
  }
}
