// The agent's heartbeat and its wish to halt.
import type { VmHealth, VmId } from '@pilotfish/model';
import { heardAgain } from '../attempts/beat.ts';
import { type Database, sql } from '../database.ts';
import { stopVm } from './step-vm.ts';

const BEAT = sql(
  'beat_of_agent',
  `WITH seen AS (
     UPDATE vm SET last_beat_at = now(), health = $2, console_tail = CASE WHEN $3 = '' THEN console_tail ELSE $3 END
     WHERE id = $1 AND ended_at IS NULL RETURNING id
   )
   INSERT INTO vm_beat (vm_id, health, jobs)
   SELECT id, $2, (SELECT count(*) FROM attempt a WHERE a.vm_id = $1 AND a.state IN ('Claimed', 'Running', 'Completing')) FROM seen
   ON CONFLICT DO NOTHING`,
);
const ORDERS_VERSIONS = sql(
  'orders_versions',
  'SELECT id, instruction_version AS version FROM vm WHERE id = ANY($1::uuid[])',
);

const STATE = sql('halt_state', 'SELECT state FROM vm WHERE id = $1');

/** The log tail stands in for the console while the machine lives. */
export async function beatVm(db: Database, vmId: VmId, health: VmHealth, logTail: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.rows(BEAT, [vmId, JSON.stringify(health), logTail.replaceAll('\0', '')]);
    await heardAgain(tx, vmId);
  });
}

export async function confirmHalt(db: Database, vmId: VmId, reason: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [vm] = await tx.rows<{ state: string }>(STATE, [vmId]);
    if (vm === undefined || ['stopping', 'gone', 'failed'].includes(vm.state)) return true;
    return stopVm(tx, vmId, `its agent asked to halt: ${reason}`, 'only when empty');
  });
}

/** Orders' versions of many VMs in one statement, for the poll behind held calls. */
export async function ordersVersions(db: Database, vmIds: readonly VmId[]): Promise<ReadonlyMap<VmId, number>> {
  const rows = await db.rows<{ id: VmId; version: number }>(ORDERS_VERSIONS, [vmIds]);
  return new Map(rows.map(({ id, version }) => [id, version]));
}
