// Steps of a VM on its way out. Each compares and sets the VM's row under the lock that claims take too, so a VM never
// leaves under a job that was just matched.
import type { JobId, VmId } from '@pilotfish/model';
import { lockAttempts, loseAttempt } from '../attempts/requeue.ts';
import { type Sql, sql } from '../database.ts';

const LOCK = sql('step_lock_vm', 'SELECT state FROM vm WHERE id = $1 FOR UPDATE');
const STEP = sql(
  'step_vm',
  `WITH stepped AS (
     UPDATE vm SET state = $2, retire_reason = coalesce(retire_reason, $3), instruction_version = instruction_version + 1,
       stopping_since = CASE WHEN $2 = 'stopping' THEN now() ELSE stopping_since END,
       ended_at = CASE WHEN $2 IN ('gone', 'failed') THEN coalesce(ended_at, clock_timestamp()) ELSE ended_at END
     WHERE id = $1 RETURNING id
   ) INSERT INTO vm_event (vm_id, state, because) SELECT id, $2, $3 FROM stepped`,
);
const OPEN = sql(
  'step_open_attempts',
  `SELECT job_id AS "jobId", n FROM attempt WHERE vm_id = $1 AND state IN ('Claimed', 'Running', 'Completing')`,
);

type Key = { readonly jobId: JobId; readonly n: number };

async function stateOf(tx: Sql, vmId: VmId): Promise<string | undefined> {
  const [vm] = await tx.rows<{ state: string }>(LOCK, [vmId]);
  return vm?.state;
}

export async function drainVm(tx: Sql, vmId: VmId, because: string): Promise<boolean> {
  if ((await stateOf(tx, vmId)) !== 'running') return false;
  await tx.rows(STEP, [vmId, 'draining', because]);
  return true;
}

/** `only when empty`: refuses while an attempt is open; `at once`: gives the attempts up and requeues them. */
export async function stopVm(
  tx: Sql,
  vmId: VmId,
  because: string,
  how: 'only when empty' | 'at once',
): Promise<boolean> {
  const state = await stateOf(tx, vmId);
  if (state === undefined || ['stopping', 'gone', 'failed'].includes(state)) return false;
  const open = await tx.rows<Key>(OPEN, [vmId]);
  if (open.length > 0 && how === 'only when empty') return false;
  await tx.rows(STEP, [vmId, 'stopping', because]);
  await giveUp(tx, open, because);
  return true;
}

const LIVELY = sql(
  'vm_is_lively',
  `SELECT 1 FROM vm WHERE id = $1 AND state IN ('running', 'draining') AND locked_at IS NULL
     AND last_beat_at > now() - make_interval(secs => $2)`,
);
/** A VM that spoke within these seconds has come to life since somebody decided that it is dead. */
const LIVELY_S = 15;

/**
 * The row of a machine that is to be deleted takes no more jobs and holds none. `lively`: it came to life since the
 * decision and stays; `left`: it goes from now on; `leaving`: it was on its way already, or is over.
 */
export async function leave(tx: Sql, vmId: VmId, because: string): Promise<'lively' | 'left' | 'leaving'> {
  const state = await stateOf(tx, vmId);
  if (state === undefined || ['gone', 'failed'].includes(state)) return 'leaving';
  if ((await tx.rows(LIVELY, [vmId, LIVELY_S])).length > 0) return 'lively';
  if (state !== 'stopping') await tx.rows(STEP, [vmId, 'stopping', because]);
  await giveUp(tx, await tx.rows<Key>(OPEN, [vmId]), because);
  return state === 'stopping' ? 'leaving' : 'left';
}

/** The end of the row. */
export async function endVm(tx: Sql, vmId: VmId, end: 'gone' | 'failed', because: string): Promise<void> {
  const state = await stateOf(tx, vmId);
  if (state === undefined || state === end || state === 'gone') return;
  await giveUp(tx, await tx.rows<Key>(OPEN, [vmId]), because);
  await tx.rows(STEP, [vmId, end, because]);
}

async function giveUp(tx: Sql, open: readonly Key[], because: string): Promise<void> {
  for (const attempt of await lockAttempts(tx, open))
    await loseAttempt(tx, attempt, `its VM left: ${because}`, 'director');
}
