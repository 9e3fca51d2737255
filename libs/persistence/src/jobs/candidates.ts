// The queues with waiting jobs, each at its best waiting priority: what an ask is matched against.
import type { Candidate } from '@pilotfish/matcher';
import type { TaskQueue } from '@pilotfish/model';
import { COUNTED_TO } from '@pilotfish/workload';
import { type Database, sql } from '../database.ts';

// Counted in the index's order and only so far: a queue may hold millions, and one ask takes few.
const CANDIDATES = sql(
  'queue_candidates',
  `WITH used AS (
     SELECT j.vo, j.owner, sum(a.processors)::int AS cores FROM attempt a JOIN job j ON j.id = a.job_id
     WHERE a.state IN ('Claimed', 'Running', 'Completing') GROUP BY 1, 2
   )
   SELECT q.id, q.vo, q.grp AS "group", q.owner, q.requirements, head.priority,
     extract(epoch FROM head.since) * 1000 AS "oldestAt", many.waiting, coalesce(used.cores, 0) AS "inUse"
   FROM task_queue q
   CROSS JOIN LATERAL (
     SELECT w.priority, w.since FROM waiting_job w WHERE w.queue_id = q.id ORDER BY w.priority DESC, w.job_id LIMIT 1
   ) head
   CROSS JOIN LATERAL (
     SELECT count(*)::int AS waiting FROM (
       SELECT 1 FROM waiting_job w WHERE w.queue_id = q.id AND w.priority = head.priority ORDER BY w.job_id LIMIT ${COUNTED_TO}
     ) sample
   ) many
   LEFT JOIN used ON used.vo = q.vo AND used.owner = q.owner`,
);

export async function candidates(db: Database): Promise<readonly Candidate[]> {
  const rows = await db.rows<TaskQueue & Omit<Candidate, 'queue'>>(CANDIDATES);
  return rows.map(({ id, vo, group, owner, requirements, ...rest }) => ({
    queue: { id, vo, group, owner, requirements },
    waiting: rest.waiting,
    priority: rest.priority,
    oldestAt: Number(rest.oldestAt),
    inUse: rest.inUse,
  }));
}
