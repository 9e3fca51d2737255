// A pilot's beat: renews its lease, squares its list with the ledger, and answers with the VM's orders.
import type { JobId, PilotId, VmId, VmState } from '@pilotfish/model';
import { type Ledgered, type Orders, type PilotBeat, reconcile } from '@pilotfish/workload';
import { type Database, type Sql, sql } from '../database.ts';
import { reopen } from './reopen.ts';
import { lockAttempts, loseAttempt, startIdleClocks } from './requeue.ts';

const LOCK_VM = sql('beat_lock_vm', `SELECT ended_at IS NOT NULL AS ended FROM vm WHERE id = $1 FOR UPDATE`);
// A pilot that is known but no longer the VM's was succeeded by another: its last words change nothing.
const IS_CURRENT = sql(
  'beat_is_current',
  `SELECT v.pilot_id = $2 OR NOT EXISTS (SELECT 1 FROM pilot p WHERE p.id = $2) AS current FROM vm v WHERE v.id = $1`,
);
const LEASE = sql(
  'beat_pilot',
  `INSERT INTO pilot (id, vm_id, version, free) VALUES ($2, $1, $3, $4)
   ON CONFLICT (id) DO UPDATE SET last_beat_at = now(), free = excluded.free`,
);
// The pilot knows the node better than the order did, but never offers more than was ordered nor less than is taken. A
// VM that was on its way out when it fell silent goes on leaving.
const SEEN = sql(
  'beat_vm_seen',
  `WITH open AS (
     SELECT coalesce(sum(processors), 0)::int AS processors, coalesce(sum(memory_mb), 0)::int AS memory_mb,
       coalesce(sum(disk_mb), 0)::int AS disk_mb, coalesce(sum(gpus), 0)::int AS gpus
     FROM attempt WHERE vm_id = $1 AND state IN ('Claimed', 'Running', 'Completing')
   )
   UPDATE vm SET pilot_id = $2, last_beat_at = now(), processors = least(vm.processors, greatest($3::int, open.processors)),
     memory_mb = least(vm.memory_mb, greatest($4::int, open.memory_mb)), disk_mb = least(vm.disk_mb, greatest($5::int, open.disk_mb)),
     gpus = least(vm.gpus, greatest($6::int, open.gpus))
   FROM open WHERE vm.id = $1`,
);
const BACK = sql(
  'vm_heard_again',
  `WITH back AS (
     UPDATE vm SET state = CASE WHEN retire_reason IS NULL THEN 'running' ELSE 'draining' END
     WHERE id = $1 AND state = 'stalled' RETURNING id, state
   ) INSERT INTO vm_event (vm_id, state, because) SELECT id, state, 'heard of again' FROM back`,
);
const LEDGER = sql(
  'beat_ledger',
  `SELECT a.job_id AS "jobId", a.n, a.state, extract(epoch FROM now() - a.claimed_at) * 1000 AS "ageMs",
     extract(epoch FROM now() - a.missing_since) * 1000 AS "missingMs", false AS "successorFree"
   FROM attempt a WHERE a.vm_id = $1 AND a.state IN ('Claimed', 'Running', 'Completing')
   UNION ALL
   SELECT a.job_id, a.n, a.state, extract(epoch FROM now() - a.claimed_at) * 1000, NULL,
     a.state = 'Lost' AND j.attempt = a.n AND j.state = 'Waiting'
   FROM unnest($2::bigint[], $3::int[]) AS k(job_id, n) JOIN attempt a ON a.job_id = k.job_id AND a.n = k.n
   JOIN job j ON j.id = a.job_id WHERE a.vm_id = $1 AND a.state NOT IN ('Claimed', 'Running', 'Completing')`,
);
const MISSING = sql(
  'beat_missing',
  `UPDATE attempt SET missing_since = now() WHERE (job_id, n) IN (SELECT * FROM unnest($1::bigint[], $2::int[]))`,
);
const FOUND = sql(
  'beat_found',
  `UPDATE attempt SET missing_since = NULL WHERE (job_id, n) IN (SELECT * FROM unnest($1::bigint[], $2::int[]))`,
);
const STOPS = sql(
  'orders_stops',
  `SELECT job_id AS "jobId", n, coalesce(stop_reason, 'killed') AS reason FROM attempt
   WHERE vm_id = $1 AND stop_requested_at IS NOT NULL AND state IN ('Claimed', 'Running', 'Completing')`,
);
const VM_ORDERS = sql(
  'orders_vm',
  `SELECT instruction_version AS version, state, locked_at AS "lockedAt" FROM vm WHERE id = $1`,
);

type Key = { readonly jobId: JobId; readonly n: number };
const columns = (keys: readonly Key[]) => [keys.map(({ jobId }) => jobId), keys.map(({ n }) => n)];

/** What the VM is to do, as the ledger has it now. */
export async function ordersOf(db: Sql, vmId: VmId): Promise<Orders> {
  const [vm] = await db.rows<{ version: number; state: VmState; lockedAt: Date | null }>(VM_ORDERS, [vmId]);
  if (vm === undefined) return { version: 0, vm: 'halt', stop: [] };
  const stop = await db.rows<Orders['stop'][number]>(STOPS, [vmId]);
  return { version: vm.version, vm: vm.lockedAt ? 'halt' : verbOf(vm.state), stop };
}

function verbOf(state: VmState): Orders['vm'] {
  if (state === 'draining') return 'drain';
  return state === 'stopping' || state === 'gone' || state === 'failed' || state === 'stopped' ? 'halt' : 'go-on';
}

export async function beat(db: Database, said: PilotBeat): Promise<Orders> {
  return db.transaction(async (tx) => {
    const notYours = await take(tx, said);
    const orders = await ordersOf(tx, said.vmId);
    const stop = [...orders.stop, ...notYours.map(({ jobId, n }) => ({ jobId, n, reason: 'no longer yours' }))];
    return { ...orders, stop };
  });
}

/** A machine that speaks after a silence is alive, whoever speaks on it. */
export async function heardAgain(tx: Sql, vmId: VmId): Promise<void> {
  await tx.rows(BACK, [vmId]);
}

/** Returns what the pilot lists and doesn't hold. */
async function take(tx: Sql, said: PilotBeat): Promise<readonly Key[]> {
  const { vmId, pilotId, total } = said;
  const [vm] = await tx.rows<{ ended: boolean }>(LOCK_VM, [vmId]);
  if (vm === undefined || vm.ended || !(await isCurrent(tx, vmId, pilotId))) return said.attempts;
  await tx.rows(LEASE, [vmId, pilotId, said.version, JSON.stringify(said.free)]);
  await tx.rows(SEEN, [vmId, pilotId, total.processors, total.memoryMb, total.diskMb, total.gpus]);
  await heardAgain(tx, vmId);
  return square(tx, said);
}

async function isCurrent(tx: Sql, vmId: VmId, pilotId: PilotId): Promise<boolean> {
  const [row] = await tx.rows<{ current: boolean }>(IS_CURRENT, [vmId, pilotId]);
  return row!.current;
}

async function square(tx: Sql, said: PilotBeat): Promise<readonly Key[]> {
  const ledger = await tx.rows<Ledgered>(LEDGER, [said.vmId, ...columns(said.attempts)]);
  if (ledger.length === 0) return said.attempts;
  const { nowMissing, foundAgain, giveUp, takeBack, notYours } = reconcile(ledger, said.attempts);
  for (const attempt of await lockAttempts(tx, giveUp)) {
    await loseAttempt(tx, attempt, 'its pilot does not know it', 'reconciliation');
  }
  if (giveUp.length > 0) await startIdleClocks(tx, [said.vmId]);
  const refused: Key[] = [];
  for (const { jobId, n } of takeBack) {
    const { phase } = said.attempts.find((one) => one.jobId === jobId && one.n === n)!;
    if (!(await reopen(tx, said.vmId, jobId, n, phase))) refused.push({ jobId, n });
  }
  // Last: these lock attempts without their jobs, and nothing may be waited for after that.
  if (nowMissing.length > 0) await tx.rows(MISSING, columns(nowMissing));
  if (foundAgain.length > 0) await tx.rows(FOUND, columns(foundAgain));
  return [...notYours, ...refused];
}
