// Rows that have served: heartbeats after a week, estimates after a month, idempotency keys after two days.
import { type Database, sql } from './database.ts';
import { retireKeys } from './idempotency.ts';

const BEATS = sql('retire_beats', `DELETE FROM vm_beat WHERE at < now() - interval '7 days'`);

const ESTIMATES = sql('retire_estimates', `DELETE FROM start_estimate WHERE made_at < now() - interval '30 days'`);

export async function retire(db: Database): Promise<void> {
  await db.rows(BEATS);
  await db.rows(ESTIMATES);
  await retireKeys(db);
}
