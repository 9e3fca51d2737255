// What the ledger knows of a job's surroundings: who goes first, what runs and boots in its VO, how long such things take.
import type { Job } from '@pilotfish/model';
import type { BootingVm, LastAttempt, OpenAttempt, WhyFacts } from '@pilotfish/workload';
import { type Database, sql } from '../database.ts';

/** Boots and attempts that "usually" means; older ones are past. */
const RECENT = 100;

const QUEUE = sql(
  'why_queue',
  `SELECT extract(epoch FROM now()) * 1000 AS now,
     (SELECT count(*)::int FROM waiting_job w WHERE w.queue_id = $2 AND (w.priority, -w.job_id) > ($3, -$4::bigint)) AS "aheadInQueue",
     (SELECT count(*)::int FROM waiting_job w JOIN task_queue q ON q.id = w.queue_id
        WHERE q.vo = $1 AND q.owner = $5 AND (w.priority, -w.job_id) > ($3, -$4::bigint)) AS ahead,
     (SELECT kind || ': ' || because || coalesce(' (' || problem || ')', '') FROM fleet_action
        WHERE vo = $1 AND kind = 'launch' AND ordered_at > now() - interval '1 hour' ORDER BY id DESC LIMIT 1) AS director`,
);
const RUN_TIME = sql(
  'why_run_time',
  `SELECT coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY s) FILTER (WHERE queue_id = $3),
     percentile_cont(0.5) WITHIN GROUP (ORDER BY s)) AS "runS"
   FROM (
     SELECT j.queue_id, extract(epoch FROM a.ended_at - a.claimed_at)::float8 AS s
     FROM (SELECT id, queue_id FROM job WHERE vo = $1 AND owner = $2 AND state IN ('Done', 'Failed') ORDER BY id DESC LIMIT ${RECENT}) j
     JOIN attempt a ON a.job_id = j.id WHERE a.state IN ('Done', 'Failed') AND a.ended_at IS NOT NULL
   ) recent`,
);
const BOOTING = sql(
  'why_booting',
  `SELECT v.profile, v.endpoint, extract(epoch FROM now() - v.ordered_at)::float8 AS "forS", usual.s AS "usualS"
   FROM vm v CROSS JOIN LATERAL (
     SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY b.s) AS s FROM (
       SELECT extract(epoch FROM p.activated_at - p.ordered_at)::float8 AS s FROM vm p
       WHERE p.vo = v.vo AND p.profile = v.profile AND p.endpoint = v.endpoint AND p.activated_at IS NOT NULL
       ORDER BY p.ordered_at DESC LIMIT ${RECENT}
     ) b
   ) usual
   WHERE v.vo = $1 AND v.state IN ('ordered', 'booting') ORDER BY v.ordered_at`,
);
const OPEN = sql(
  'why_open',
  `SELECT v.profile, v.endpoint, a.processors, extract(epoch FROM now() - a.claimed_at)::float8 AS "forS"
   FROM attempt a JOIN vm v ON v.id = a.vm_id
   WHERE v.vo = $1 AND v.state = 'running' AND a.state IN ('Claimed', 'Running', 'Completing')`,
);
const RETIRED = sql(
  'why_retired',
  `SELECT name, "agoS" FROM (
     SELECT DISTINCT ON (name) name, retired_at, extract(epoch FROM now() - retired_at)::float8 AS "agoS"
     FROM profile WHERE vo = $1 ORDER BY name, version DESC
   ) newest WHERE retired_at IS NOT NULL`,
);
const ATTEMPT = sql(
  'why_attempt',
  `SELECT a.n, a.vm_id AS "vmId", a.exit_code AS "exitCode", a.reason, v.endpoint,
     extract(epoch FROM now() - a.claimed_at)::float8 AS "forS"
   FROM attempt a JOIN vm v ON v.id = a.vm_id WHERE a.job_id = $1 ORDER BY a.n DESC LIMIT 1`,
);

type FromLedger = Omit<WhyFacts, 'job' | 'capacity' | 'running' | 'closed'>;

export async function whyFacts(db: Database, job: Job): Promise<FromLedger> {
  const { id, vo, owner, queueId, priority } = job;
  const [[queue], [usual], booting, open, retired, [attempt]] = await Promise.all([
    db.rows<Pick<WhyFacts, 'now' | 'ahead' | 'aheadInQueue' | 'director'>>(QUEUE, [vo, queueId, priority, id, owner]),
    db.rows<{ runS: number | null }>(RUN_TIME, [vo, owner, queueId]),
    db.rows<BootingVm>(BOOTING, [vo]),
    db.rows<OpenAttempt>(OPEN, [vo]),
    db.rows<{ name: string; agoS: number }>(RETIRED, [vo]),
    db.rows<LastAttempt>(ATTEMPT, [id]),
  ]);
  return { ...queue!, runS: usual!.runS, booting, open, retired, attempt: attempt ?? null };
}
