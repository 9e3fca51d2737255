// Replies kept by (caller, Idempotency-Key), so that a repeated call has its effect once
// (draft-ietf-httpapi-idempotency-key-header-07).
import { createHash } from 'node:crypto';
import { WmsError } from '@pilotfish/model';
import type { Receipt } from '@pilotfish/workload';
import { type Database, type Sql, sql } from './database.ts';

const BEGIN = sql(
  'idempotency_begin',
  `INSERT INTO idempotency (caller, key, body_hash) VALUES ($1, $2, $3)
   ON CONFLICT (caller, key) DO UPDATE SET created_at = now()
     WHERE idempotency.status IS NULL AND idempotency.created_at < now() - interval '2 minutes' AND idempotency.body_hash = $3
   RETURNING key`,
);
const KEPT = sql('idempotency_kept', 'SELECT body_hash, status, reply FROM idempotency WHERE caller = $1 AND key = $2');
const KEEP = sql('idempotency_keep', 'UPDATE idempotency SET status = $3, reply = $4 WHERE caller = $1 AND key = $2');
const FORGET = sql('idempotency_forget', 'DELETE FROM idempotency WHERE caller = $1 AND key = $2 AND status IS NULL');
const RETIRE = sql('idempotency_retire', `DELETE FROM idempotency WHERE created_at < now() - interval '2 days'`);

export interface KeptReply {
  readonly status: number;
  readonly reply: unknown;
}

export async function once(
  db: Database,
  caller: string,
  key: string,
  body: string,
  work: () => Promise<KeptReply>,
): Promise<KeptReply> {
  const hash = createHash('sha256').update(body).digest();
  const mine = await db.rows(BEGIN, [caller, key, hash]);
  if (mine.length === 0) return kept(db, caller, key, hash);
  const result = await work().catch(async (error: unknown) => {
    // A refusal had no effect: the caller may mend the input and use the key again.
    await db.rows(FORGET, [caller, key]);
    throw error;
  });
  await keepReply(db, { caller, key, ...result });
  return result;
}

/** Inside the transaction of the work itself it makes work and reply one: both are there, or neither. */
export async function keepReply(on: Sql, { caller, key, status, reply }: Receipt): Promise<void> {
  await on.rows(KEEP, [caller, key, status, JSON.stringify(reply ?? null)]);
}

async function kept(db: Database, caller: string, key: string, hash: Buffer): Promise<KeptReply> {
  const [row] = await db.rows<{ body_hash: Buffer; status: number | null; reply: unknown }>(KEPT, [caller, key]);
  if (row === undefined || (row.body_hash.equals(hash) && row.status === null)) {
    throw new WmsError(
      'idempotency-in-flight',
      'the first call with this Idempotency-Key is still being served; try again in a moment',
    );
  }
  if (!row.body_hash.equals(hash)) {
    throw new WmsError(
      'idempotency-conflict',
      'this Idempotency-Key was used with another body; use a new key for a new call',
    );
  }
  return { status: row.status!, reply: row.reply };
}

/** Keys older than two days are forgotten. */
export async function retireKeys(db: Database): Promise<void> {
  await db.rows(RETIRE);
}
