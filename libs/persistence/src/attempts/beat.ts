// A pilot's beat: renews its lease, squares its list with the ledger, and answers with the VM's orders.
import type { JobId, PilotId, VmId } from '@pilotfish/model';
import { type Ledgered, type Orders, type PilotBeat, reconcile } from '@pilotfish/workload';
import { type Database, type Sql, sql } from '../database.ts';
import { lockAttempts, loseAttempt, startIdleClocks } from './requeue.ts';

const LOCK_VM = sql(
  'beat_lock_vm',
  `SELECT state, pilot_id AS "pilotId", locked_at AS "lockedAt" FROM vm WHERE id = $1 FOR UPDATE`,
);
const LEASE = sql(
  'beat_pilot',
  `INSERT INTO pilot (id, vm_id, version, free) VALUES ($2, $1, $3, $4)
   ON CONFLICT (id) DO UPDATE SET last_beat_at = now(), free = excluded.free WHERE pilot.vm_id = excluded.vm_id`,
);
// The pilot knows the node better than the order did, but never offers more than was ordered.
const SEEN = sql(
  'beat_vm_seen',
  `UPDATE vm SET pilot_id = $2, last_beat_at = now(), processors = least(processors, $3), memory_mb = least(memory_mb, $4),
     disk_mb = least(disk_mb, $5), gpus = least(gpus, $6),
     state = CASE WHEN state = 'stalled' THEN 'running' ELSE state END
   WHERE id = $1`,
);
const LEDGER = sql(
  'beat_ledger',
  `SELECT a.job_id AS "jobId", a.n, a.state, extract(epoch FROM now() - a.claimed_at) * 1000 AS "ageMs",
     extract(epoch FROM now() - a.missing_since) * 1000 AS "missingMs",
     (a.state = 'Lost' AND j.attempt = a.n AND j.state = 'Waiting') AS "successorFree"
   FROM attempt a JOIN job j ON j.id = a.job_id
   WHERE a.vm_id = $1 AND (a.state IN ('Claimed', 'Running', 'Completing')
     OR (a.job_id, a.n) IN (SELECT * FROM unnest($2::bigint[], $3::int[])))`,
);
const MISSING = sql(
  'beat_missing',
  `UPDATE attempt SET missing_since = now() WHERE (job_id, n) IN (SELECT * FROM unnest($1::bigint[], $2::int[]))`,
);
const FOUND = sql(
  'beat_found',
  `UPDATE attempt SET missing_since = NULL WHERE (job_id, n) IN (SELECT * FROM unnest($1::bigint[], $2::int[]))`,
);
const UNQUEUE = sql('beat_unqueue', 'DELETE FROM waiting_job WHERE job_id = $1 RETURNING job_id');
const REOPEN = sql(
  'beat_reopen',
  `WITH back AS (
     UPDATE attempt SET state = $3, ended_at = NULL, minor = NULL, reason = NULL, missing_since = NULL WHERE job_id = $1 AND n = $2
   ) UPDATE job SET state = 'Matched', minor = 'Taken back by its pilot' WHERE id = $1`,
);
const RERUN = sql(
  'beat_rerun',
  `WITH moved AS (UPDATE job SET state = 'Running', started_at = coalesce(started_at, now()) WHERE id = $1 RETURNING attempt)
   INSERT INTO job_event (job_id, state, minor, source, attempt) SELECT $1, 'Running', 'Taken back by its pilot', 'pilot', attempt FROM moved`,
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
  const [vm] = await db.rows<{ version: number; state: string; lockedAt: Date | null }>(VM_ORDERS, [vmId]);
  if (vm === undefined) return { version: 0, vm: 'halt', stop: [] };
  const stop = await db.rows<Orders['stop'][number]>(STOPS, [vmId]);
  return { version: vm.version, vm: vm.lockedAt ? 'halt' : verbOf(vm.state), stop };
}

function verbOf(state: string): Orders['vm'] {
  if (state === 'draining') return 'drain';
  return state === 'stopping' || state === 'gone' || state === 'failed' || state === 'stopped' ? 'halt' : 'go-on';
}

export async function beat(db: Database, said: PilotBeat): Promise<Orders> {
  return db.transaction(async (tx) => {
    const [vm] = await tx.rows<{ state: string; pilotId: PilotId | null }>(LOCK_VM, [said.vmId]);
    if (vm === undefined) return { version: 0, vm: 'halt', stop: [] };
    await tx.rows(LEASE, [said.vmId, said.pilotId, said.version, JSON.stringify(said.free)]);
    const { total } = said;
    await tx.rows(SEEN, [said.vmId, said.pilotId, total.processors, total.memoryMb, total.diskMb, total.gpus]);
    const notYours = await square(tx, said);
    const orders = await ordersOf(tx, said.vmId);
    const stop = [...orders.stop, ...notYours.map((key) => ({ ...key, reason: 'no longer yours' }))];
    return { ...orders, stop };
  });
}

async function square(tx: Sql, said: PilotBeat): Promise<readonly Key[]> {
  const ledger = await tx.rows<Ledgered>(LEDGER, [said.vmId, ...columns(said.attempts)]);
  if (ledger.length === 0) return said.attempts;
  const { nowMissing, foundAgain, giveUp, takeBack, notYours } = reconcile(ledger, said.attempts);
  if (nowMissing.length > 0) await tx.rows(MISSING, columns(nowMissing));
  if (foundAgain.length > 0) await tx.rows(FOUND, columns(foundAgain));
  for (const attempt of await lockAttempts(tx, giveUp)) {
    await loseAttempt(tx, attempt, 'its pilot does not know it', 'reconciliation');
  }
  if (giveUp.length > 0) await startIdleClocks(tx, [said.vmId]);
  const refused: Key[] = [];
  for (const key of takeBack) if (!(await reopen(tx, said, key))) refused.push(key);
  return [...notYours, ...refused];
}

/** The queue's row decides: whoever deletes it has the job, a claim or this pilot. */
async function reopen(tx: Sql, said: PilotBeat, key: Key): Promise<boolean> {
  const taken = await tx.rows(UNQUEUE, [key.jobId]);
  if (taken.length === 0) return false;
  const phase = said.attempts.find(({ jobId, n }) => jobId === key.jobId && n === key.n)?.phase;
  const started = phase !== 'starting';
  await tx.rows(REOPEN, [key.jobId, key.n, started ? 'Running' : 'Claimed']);
  if (started) await tx.rows(RERUN, [key.jobId]);
  await tx.rows(IN_USE, [said.vmId]);
  return true;
}

const IN_USE = sql('beat_in_use', 'UPDATE vm SET idle_since = NULL WHERE id = $1');
