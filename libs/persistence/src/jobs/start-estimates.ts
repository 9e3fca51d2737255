// Estimated starts of waiting jobs, and how far off they were.
import type { JobId } from '@pilotfish/model';
import type { JobScope } from '@pilotfish/workload';
import { type Database, sql } from '../database.ts';

// Who asks every second tells nothing new.
const RECORD = sql(
  'record_estimate',
  `INSERT INTO start_estimate (job_id, estimated_at) SELECT $1::bigint, $2::timestamptz
   WHERE NOT EXISTS (SELECT 1 FROM start_estimate WHERE job_id = $1::bigint AND made_at > now() - interval '30 seconds')
   ON CONFLICT DO NOTHING`,
);
// An estimate is of the next attempt that began to run after it was made.
const REPORT = sql(
  'eta_report',
  `SELECT count(*)::int AS count,
     percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(error)) AS "medianErrorS",
     percentile_cont(0.9) WITHIN GROUP (ORDER BY abs(error)) AS "p90ErrorS", avg(error)::float8 AS "biasS"
   FROM (
     SELECT extract(epoch FROM began.at - e.estimated_at)::float8 AS error
     FROM start_estimate e JOIN job j ON j.id = e.job_id
     CROSS JOIN LATERAL (
       SELECT min(a.started_at) AS at FROM attempt a WHERE a.job_id = e.job_id AND a.started_at >= e.made_at
     ) began
     WHERE began.at IS NOT NULL AND ($1::text IS NULL OR j.vo = $1) AND ($2::text IS NULL OR j.owner = $2)
   ) errors`,
);

/** Seconds; null while no estimated job has started. `biasS` is positive when jobs start later than was said. */
export interface EtaReport {
  readonly count: number;
  readonly medianErrorS: number | null;
  readonly p90ErrorS: number | null;
  readonly biasS: number | null;
}

export async function recordEstimate(db: Database, id: JobId, at: Date): Promise<void> {
  await db.rows(RECORD, [id, at]);
}

export async function etaReport(db: Database, scope: JobScope): Promise<EtaReport> {
  const [report] = await db.rows<EtaReport>(REPORT, [scope.vo ?? null, scope.owner ?? null]);
  return report!;
}
