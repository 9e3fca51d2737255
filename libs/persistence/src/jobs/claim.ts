// Claims: attempts opened for one ask, in one transaction under the VM's row.
import type { Candidate } from '@pilotfish/matcher';
import { MINOR, type Resources, type TaskQueue, type VmId } from '@pilotfish/model';
import type { Claimed, ClaimOrder } from '@pilotfish/workload';
import { type Database, type Sql, sql } from '../database.ts';

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
       SELECT 1 FROM waiting_job w WHERE w.queue_id = q.id AND w.priority = head.priority ORDER BY w.job_id LIMIT 256
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

const LOCK_VM = sql(
  'claim_lock_vm',
  `SELECT processors, memory_mb AS "memoryMb", disk_mb AS "diskMb", gpus FROM vm
   WHERE id = $1 AND state = 'running' AND locked_at IS NULL AND pilot_id = $2 FOR UPDATE`,
);
const OPEN = sql(
  'claim_open_attempts',
  `SELECT coalesce(sum(processors), 0)::int AS processors, coalesce(sum(memory_mb), 0)::int AS "memoryMb",
     coalesce(sum(disk_mb), 0)::int AS "diskMb", coalesce(sum(gpus), 0)::int AS gpus
   FROM attempt WHERE vm_id = $1 AND state IN ('Claimed', 'Running', 'Completing')`,
);

const CLAIMED_COLUMNS = `j.id AS "jobId", a.n, j.name, j.owner, p.body AS payload, q.requirements,
  jsonb_build_object('processors', a.processors, 'memoryMb', a.memory_mb, 'diskMb', a.disk_mb, 'gpus', a.gpus) AS granted`;

// The picked rows are materialised: they lock what they return and must be evaluated once. `skip` passes over the jobs
// that an earlier pick of the same queue takes. Arrays of ids keep the server from guessing that a scan would be cheaper.
const CLAIM = sql(
  'claim_jobs',
  `WITH want AS (
     SELECT t.* FROM unnest($4::bigint[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[])
       AS t(queue_id, n, processors, memory_mb, disk_mb, gpus, skip)
     WHERE (SELECT q.vo FROM task_queue q WHERE q.id = t.queue_id) = (SELECT vo FROM vm WHERE id = $1)
   ), picked AS MATERIALIZED (
     SELECT w.job_id, want.processors, want.memory_mb, want.disk_mb, want.gpus FROM want CROSS JOIN LATERAL (
       SELECT job_id FROM waiting_job WHERE queue_id = want.queue_id
       ORDER BY priority DESC, job_id OFFSET want.skip LIMIT want.n FOR UPDATE SKIP LOCKED
     ) w
   ), once AS MATERIALIZED (
     SELECT DISTINCT ON (job_id) * FROM picked
   ), taken AS (
     DELETE FROM waiting_job WHERE job_id = ANY(ARRAY(SELECT job_id FROM once)) RETURNING job_id
   ), moved AS (
     UPDATE job j SET state = 'Matched', minor = '${MINOR.assigned}', attempt = j.attempt + 1
     WHERE j.id = ANY(ARRAY(SELECT job_id FROM taken)) RETURNING j.id, j.attempt, j.name, j.owner, j.queue_id, j.payload_digest
   ), logged AS (
     INSERT INTO job_event (job_id, state, minor, source, attempt)
     SELECT id, 'Matched', '${MINOR.assigned}', 'matcher', attempt FROM moved
   ), opened AS (
     INSERT INTO attempt (job_id, n, vm_id, pilot_id, ask_id, state, processors, memory_mb, disk_mb, gpus, claimed_at)
     SELECT m.id, m.attempt, $1, $2, $3, 'Claimed', o.processors, o.memory_mb, o.disk_mb, o.gpus, clock_timestamp()
     FROM moved m JOIN once o ON o.job_id = m.id RETURNING *
   ), busy AS (
     UPDATE vm SET idle_since = NULL WHERE id = $1 AND EXISTS (SELECT 1 FROM opened)
   )
   SELECT ${CLAIMED_COLUMNS} FROM opened a JOIN moved j ON j.id = a.job_id
   JOIN task_queue q ON q.id = j.queue_id JOIN payload p ON p.digest = j.payload_digest ORDER BY j.id`,
);
const OF_ASK = sql(
  'claimed_by_ask',
  `SELECT ${CLAIMED_COLUMNS} FROM attempt a JOIN job j ON j.id = a.job_id JOIN task_queue q ON q.id = j.queue_id
   JOIN payload p ON p.digest = j.payload_digest
   WHERE a.ask_id = $2 AND a.vm_id = $1 AND a.state IN ('Claimed', 'Running', 'Completing') ORDER BY j.id`,
);

type Row = Omit<Claimed, 'wallTimeS' | 'cpuTimeS'> & { readonly requirements: TaskQueue['requirements'] };

function claimed({ requirements, ...row }: Row): Claimed {
  return { ...row, wallTimeS: requirements.wallTimeS, cpuTimeS: requirements.cpuTimeS };
}

export async function ofAsk(db: Sql, vmId: VmId, askId: string): Promise<readonly Claimed[]> {
  return (await db.rows<Row>(OF_ASK, [vmId, askId])).map(claimed);
}

export async function claim(db: Database, order: ClaimOrder): Promise<readonly Claimed[]> {
  return db.transaction(async (tx) => {
    const [capacity] = await tx.rows<Resources>(LOCK_VM, [order.vmId, order.pilotId]);
    if (capacity === undefined) return [];
    // The ask may have been answered while this one waited for the row.
    const before = await ofAsk(tx, order.vmId, order.askId);
    if (before.length > 0) return before;
    const [open] = await tx.rows<Resources>(OPEN, [order.vmId]);
    if (!within(order, capacity, open!)) return [];
    const rows = await tx.rows<Row>(CLAIM, [
      order.vmId,
      order.pilotId,
      order.askId,
      order.picks.map(({ queue }) => queue),
      order.picks.map(({ count }) => count),
      order.picks.map(({ each }) => each.processors),
      order.picks.map(({ each }) => each.memoryMb),
      order.picks.map(({ each }) => each.diskMb),
      order.picks.map(({ each }) => each.gpus),
      order.picks.map(({ queue }, at) => pickedBefore(order, queue, at)),
    ]);
    return rows.map(claimed);
  });
}

function pickedBefore({ picks }: ClaimOrder, queue: number, at: number): number {
  return picks.slice(0, at).reduce((sum, pick) => sum + (pick.queue === queue ? pick.count : 0), 0);
}

/** What the pilot says is free may be older than what is open by now; the ledger has the last word. */
function within(order: ClaimOrder, capacity: Resources, open: Resources): boolean {
  const sum = (of: (each: Resources) => number) =>
    order.picks.reduce((total, { each, count }) => total + of(each) * count, 0);
  return (
    sum((each) => each.processors) + open.processors <= capacity.processors &&
    sum((each) => each.memoryMb) + open.memoryMb <= capacity.memoryMb &&
    sum((each) => each.diskMb) + open.diskMb <= capacity.diskMb &&
    sum((each) => each.gpus) + open.gpus <= capacity.gpus
  );
}
