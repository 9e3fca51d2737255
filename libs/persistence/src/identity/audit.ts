import { type Sql, sql } from '../database.ts';

const AUDIT = sql('audit', 'INSERT INTO audit (actor, action, subject, detail) VALUES ($1, $2, $3, $4)');

/** Records who did what to whom, in the caller's transaction. `detail` holds no secret. */
export async function writeAudit(
  db: Sql,
  actor: string,
  action: string,
  subject: string,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await db.rows(AUDIT, [actor, action, subject, JSON.stringify(detail)]);
}
