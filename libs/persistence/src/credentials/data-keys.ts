// One current data key per VO, made when it is first needed.
import { type Secret, WmsError } from '@pilotfish/model';
import { type Database, sql } from '../database.ts';
import { writeAudit } from '../identity/audit.ts';
import { makeDataKey } from './envelope.ts';
import type { KeyWrap, WrappedKey } from './key-wrap.ts';

export interface DataKey {
  readonly id: number;
  readonly key: Secret<Buffer>;
}

type KeyRow = WrappedKey & { readonly id: number };

const COLUMNS = 'id, wrapping_key AS "wrappingKey", wrapped';
const CURRENT = sql('current_data_key', `SELECT ${COLUMNS} FROM data_key WHERE vo = $1 AND retired_at IS NULL`);
const BY_ID = sql('data_key', `SELECT ${COLUMNS} FROM data_key WHERE vo = $1 AND id = $2`);
// Of two that make the first key together, one makes it and both use it.
const MAKE = sql(
  'make_data_key',
  `INSERT INTO data_key (vo, wrapping_key, wrapped) VALUES ($1, $2, $3)
   ON CONFLICT (vo) WHERE retired_at IS NULL DO NOTHING`,
);
const STALE = sql('stale_data_keys', `SELECT vo, ${COLUMNS} FROM data_key WHERE wrapping_key <> $1 ORDER BY id`);
const REWRAP = sql(
  'rewrap_data_key',
  'UPDATE data_key SET wrapping_key = $3, wrapped = $4 WHERE id = $1 AND wrapped = $2 RETURNING id',
);
const FOREIGN_KEY = '23503';

/** The key that seals for the VO now. Throws WmsError `unknown-vo`. */
export async function currentDataKey(db: Database, wrap: KeyWrap, vo: string): Promise<DataKey> {
  const [row] = await db.rows<KeyRow>(CURRENT, [vo]);
  if (row !== undefined) return { id: row.id, key: await wrap.unwrap(vo, row) };
  const { wrappingKey, wrapped } = await wrap.wrap(vo, makeDataKey());
  await db.rows(MAKE, [vo, wrappingKey, wrapped]).catch((error: { code?: string }) => {
    if (error.code === FOREIGN_KEY) throw new WmsError('unknown-vo', `There is no VO ${vo}; create it first.`);
    throw error;
  });
  return currentDataKey(db, wrap, vo);
}

/** The key a row of the VO was sealed with. */
export async function dataKey(db: Database, wrap: KeyWrap, vo: string, id: number): Promise<Secret<Buffer>> {
  const [row] = await db.rows<KeyRow>(BY_ID, [vo, id]);
  if (row === undefined) throw new WmsError('internal', `VO ${vo} has no data key ${id}; its row was changed.`);
  return wrap.unwrap(vo, row);
}

/**
 * Wraps every data key by the current wrapping key; the credentials themselves stay as they are. Returns how many keys
 * were wrapped anew. It may be run again at any time, and after a failure.
 */
export async function rewrapAll(db: Database, wrap: KeyWrap, actor: string): Promise<number> {
  const stale = await db.rows<KeyRow & { vo: string }>(STALE, [wrap.current]);
  let count = 0;
  for (const row of stale) {
    const next = await wrap.wrap(row.vo, await wrap.unwrap(row.vo, row));
    count += await db.transaction(async (tx) => {
      const changed = await tx.rows(REWRAP, [row.id, row.wrapped, next.wrappingKey, next.wrapped]);
      const detail = { from: row.wrappingKey, to: next.wrappingKey, dataKey: row.id };
      if (changed.length > 0) await writeAudit(tx, actor, 'data-key.rewrap', row.vo, detail);
      return changed.length;
    });
  }
  return count;
}
