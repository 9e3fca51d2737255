// Adds what ended attempts have used to their users' accounts, exactly once each: the mark on the attempt and the sum
// are written by one statement, so a crash or a second director changes nothing.
import { type Database, sql } from '../database.ts';

const HALF_LIFE = sql('share_half_life', 'UPDATE share_rollup SET half_life_s = $1 WHERE half_life_s <> $1');
const ROLL_UP = sql(
  'share_roll_up',
  `WITH due AS MATERIALIZED (
     SELECT job_id, n, ended_at, accounted_core_s, processors * extract(epoch FROM ended_at - claimed_at)::float8 AS core_s
     FROM attempt WHERE ended_at IS NOT NULL AND NOT accounted ORDER BY ended_at LIMIT $1 FOR UPDATE SKIP LOCKED
   ), marked AS (
     UPDATE attempt a SET accounted = true, accounted_core_s = due.core_s FROM due WHERE a.job_id = due.job_id AND a.n = due.n
     RETURNING a.job_id, a.processors, due.ended_at, due.core_s - due.accounted_core_s AS core_s, due.accounted_core_s = 0 AS first
   ), added AS (
     SELECT j.vo, j.grp, j.owner, sum(m.core_s * w.kept) AS core_s, sum(m.core_s / m.processors * w.kept) AS attempt_s,
       coalesce(sum(w.kept) FILTER (WHERE m.first), 0) AS attempts
     FROM marked m JOIN job j ON j.id = m.job_id CROSS JOIN share_rollup r
     CROSS JOIN LATERAL (SELECT share_left(m.ended_at, now(), r.half_life_s) AS kept) w GROUP BY 1, 2, 3
   ), upserted AS (
     INSERT INTO share_usage AS u (vo, grp, owner, core_s, attempts, attempt_s, at)
     SELECT vo, grp, owner, core_s, attempts, attempt_s, now() FROM added ORDER BY 1, 2, 3
     ON CONFLICT (vo, grp, owner) DO UPDATE SET at = excluded.at,
       (core_s, attempts, attempt_s) = (SELECT u.core_s * k + excluded.core_s, u.attempts * k + excluded.attempts,
         u.attempt_s * k + excluded.attempt_s FROM share_rollup r, share_left(u.at, excluded.at, r.half_life_s) k)
   )
   SELECT count(*)::int AS count FROM marked`,
);
const BATCH = 5000;

/** Returns how many attempts were added. */
export async function rollUpUsage(db: Database, halfLifeS: number, batch = BATCH): Promise<number> {
  await db.rows(HALF_LIFE, [halfLifeS]);
  for (let all = 0; ; ) {
    const [{ count }] = (await db.rows<{ count: number }>(ROLL_UP, [batch])) as [{ count: number }];
    all += count;
    if (count < batch) return all;
  }
}
