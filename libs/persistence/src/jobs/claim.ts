// Claims: attempts opened for many asks of different VMs, in one transaction under the rows of their VMs.
import { MINOR, type PilotId, type Resources, type TaskQueue, type VmId } from '@pilotfish/model';
import type { Claimed, ClaimOrder } from '@pilotfish/workload';
import { type Database, type Sql, sql } from '../database.ts';

// In one order in every transaction, so that two batches can't wait for each other.
const LOCK_VMS = sql(
  'claim_lock_vms',
  `SELECT v.id AS "vmId", v.pilot_id AS "pilotId", v.processors, v.memory_mb AS "memoryMb", v.disk_mb AS "diskMb", v.gpus
   FROM vm v WHERE v.id = ANY($1::uuid[]) AND v.state = 'running' AND v.locked_at IS NULL ORDER BY v.id FOR UPDATE`,
);
const OPEN = sql(
  'claim_open_attempts',
  `SELECT vm_id AS "vmId", sum(processors)::int AS processors, sum(memory_mb)::int AS "memoryMb", sum(disk_mb)::int AS "diskMb",
     sum(gpus)::int AS gpus, array_agg(DISTINCT ask_id) AS asks
   FROM attempt WHERE vm_id = ANY($1::uuid[]) AND state IN ('Claimed', 'Running', 'Completing') GROUP BY vm_id`,
);

const CLAIMED_COLUMNS = `a.ask_id AS "askId", j.id AS "jobId", a.n, j.name, j.owner, p.body AS payload, q.requirements,
  jsonb_build_object('processors', a.processors, 'memoryMb', a.memory_mb, 'diskMb', a.disk_mb, 'gpus', a.gpus) AS granted`;

// Each queue is scanned once for all asks of the batch, then its jobs are dealt out by place. The picked rows are
// materialised: they lock what they return and must be evaluated once. Arrays of ids keep the server from guessing that
// a scan would be cheaper.
const CLAIM = sql(
  'claim_jobs',
  `WITH ask AS (
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS t(vm_id, pilot_id, ask_id, nth)
   ), want AS (
     SELECT t.*, sum(t.n) OVER (PARTITION BY t.queue_id ORDER BY t.ord) - t.n AS before
     FROM unnest($4::int[], $5::bigint[], $6::int[], $7::int[], $8::int[], $9::int[], $10::int[])
       WITH ORDINALITY AS t(nth, queue_id, n, processors, memory_mb, disk_mb, gpus, ord)
     JOIN ask ON ask.nth = t.nth JOIN vm ON vm.id = ask.vm_id JOIN task_queue q ON q.id = t.queue_id AND q.vo = vm.vo
   ), demand AS (
     SELECT queue_id, sum(n)::int AS total FROM want GROUP BY queue_id ORDER BY queue_id
   ), picked AS MATERIALIZED (
     SELECT demand.queue_id, w.job_id, row_number() OVER (PARTITION BY demand.queue_id ORDER BY w.priority DESC, w.job_id) AS place
     FROM demand CROSS JOIN LATERAL (
       SELECT job_id, priority FROM waiting_job WHERE queue_id = demand.queue_id
       ORDER BY priority DESC, job_id LIMIT demand.total FOR UPDATE SKIP LOCKED
     ) w
   ), dealt AS MATERIALIZED (
     SELECT picked.job_id, want.nth, want.processors, want.memory_mb, want.disk_mb, want.gpus
     FROM picked JOIN want ON want.queue_id = picked.queue_id AND picked.place > want.before AND picked.place <= want.before + want.n
   ), taken AS (
     DELETE FROM waiting_job WHERE job_id = ANY(ARRAY(SELECT job_id FROM dealt)) RETURNING job_id
   ), moved AS (
     UPDATE job j SET state = 'Matched', minor = '${MINOR.assigned}', attempt = j.attempt + 1
     WHERE j.id = ANY(ARRAY(SELECT job_id FROM taken)) RETURNING j.id, j.attempt, j.name, j.owner, j.queue_id, j.payload_digest
   ), logged AS (
     INSERT INTO job_event (job_id, state, minor, source, attempt)
     SELECT id, 'Matched', '${MINOR.assigned}', 'matcher', attempt FROM moved
   ), opened AS (
     INSERT INTO attempt (job_id, n, vm_id, pilot_id, ask_id, state, processors, memory_mb, disk_mb, gpus, claimed_at)
     SELECT m.id, m.attempt, ask.vm_id, ask.pilot_id, ask.ask_id, 'Claimed', d.processors, d.memory_mb, d.disk_mb, d.gpus,
       clock_timestamp()
     FROM moved m JOIN dealt d ON d.job_id = m.id JOIN ask ON ask.nth = d.nth RETURNING *
   ), busy AS (
     UPDATE vm SET idle_since = NULL WHERE id = ANY(ARRAY(SELECT vm_id FROM opened)) AND idle_since IS NOT NULL
   )
   SELECT ${CLAIMED_COLUMNS} FROM opened a JOIN moved j ON j.id = a.job_id
   JOIN task_queue q ON q.id = j.queue_id JOIN payload p ON p.digest = j.payload_digest ORDER BY j.id`,
);
const OF_ASKS = sql(
  'claimed_by_asks',
  `SELECT ${CLAIMED_COLUMNS} FROM attempt a JOIN job j ON j.id = a.job_id JOIN task_queue q ON q.id = j.queue_id
   JOIN payload p ON p.digest = j.payload_digest
   WHERE a.ask_id = ANY($2::uuid[]) AND a.vm_id = ANY($1::uuid[]) AND a.state IN ('Claimed', 'Running', 'Completing') ORDER BY j.id`,
);

type Row = Omit<Claimed, 'wallTimeS' | 'cpuTimeS'> & {
  readonly askId: string;
  readonly requirements: TaskQueue['requirements'];
};
type Answers = ReadonlyMap<string, readonly Claimed[]>;
type Capacity = Resources & { readonly vmId: VmId; readonly pilotId: PilotId };
type Open = Resources & { readonly vmId: VmId; readonly asks: readonly string[] };

const NONE: Resources = { processors: 0, memoryMb: 0, diskMb: 0, gpus: 0 };

function byAsk(rows: readonly Row[]): Answers {
  const answers = new Map<string, Claimed[]>();
  for (const { askId, requirements, ...row } of rows) {
    const claimed = { ...row, wallTimeS: requirements.wallTimeS, cpuTimeS: requirements.cpuTimeS };
    answers.set(askId, [...(answers.get(askId) ?? []), claimed]);
  }
  return answers;
}

/** What asks have opened before, by ask id; VM and ask must both be among those named. */
export async function ofAsks(
  db: Sql,
  asked: readonly { readonly vmId: VmId; readonly askId: string }[],
): Promise<Answers> {
  if (asked.length === 0) return new Map();
  return byAsk(await db.rows<Row>(OF_ASKS, [asked.map(({ vmId }) => vmId), asked.map(({ askId }) => askId)]));
}

export async function claim(db: Database, orders: readonly ClaimOrder[]): Promise<readonly (readonly Claimed[])[]> {
  if (orders.length === 0) return [];
  const vmIds = orders.map(({ vmId }) => vmId);
  const answers = await db.transaction(async (tx) => {
    const capacities = new Map((await tx.rows<Capacity>(LOCK_VMS, [vmIds])).map((row) => [row.vmId, row]));
    // Seen only now, under the locks: what others have opened on these VMs, and asks that were answered meanwhile.
    const open = new Map((await tx.rows<Open>(OPEN, [vmIds])).map((row) => [row.vmId, row]));
    const isRepeated = ({ vmId, askId }: ClaimOrder) => open.get(vmId)?.asks.includes(askId) === true;
    const good = orders.filter((order) => {
      const capacity = capacities.get(order.vmId);
      if (capacity?.pilotId !== order.pilotId || isRepeated(order)) return false;
      return within(order, capacity, open.get(order.vmId) ?? NONE);
    });
    const repeated = await ofAsks(tx, orders.filter(isRepeated));
    return new Map([...repeated, ...(await claimAll(tx, good))]);
  });
  return orders.map(({ askId }) => answers.get(askId) ?? []);
}

async function claimAll(tx: Sql, orders: readonly ClaimOrder[]): Promise<Answers> {
  if (orders.length === 0) return new Map();
  const wants = orders.flatMap(({ picks }, at) => picks.map((pick) => ({ ...pick, nth: at + 1 })));
  const rows = await tx.rows<Row>(CLAIM, [
    orders.map(({ vmId }) => vmId),
    orders.map(({ pilotId }) => pilotId),
    orders.map(({ askId }) => askId),
    wants.map(({ nth }) => nth),
    wants.map(({ queue }) => queue),
    wants.map(({ count }) => count),
    wants.map(({ each }) => each.processors),
    wants.map(({ each }) => each.memoryMb),
    wants.map(({ each }) => each.diskMb),
    wants.map(({ each }) => each.gpus),
  ]);
  return byAsk(rows);
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
