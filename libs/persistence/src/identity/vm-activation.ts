// A VM's activation under the lock of its row: the pure decision of libs/identity, carried out.
import { type Activation, type ActivationRequest, type ActivationRow, decideActivation } from '@pilotfish/identity';
import type { VmId, VmState } from '@pilotfish/model';
import { type Database, type Sql, sql } from '../database.ts';
import { writeAudit } from './audit.ts';

// The time of day after the lock was won, not when the transaction began to wait for it.
const LOCK = sql(
  'lock_vm_to_activate',
  `SELECT state, public_key AS "publicKey", activation_hash AS "activationHash", activation_until AS "activationUntil",
     locked_at AS "lockedAt" FROM vm WHERE id = $1 FOR UPDATE`,
);
const CLOCK = sql('clock', 'SELECT clock_timestamp() AS now');
// The activation counts as a beat, so that a VM which never sends one is noticed.
const ACTIVATE = sql(
  'activate_vm',
  `WITH activated AS (
     UPDATE vm SET state = 'running', public_key = $2, activated_at = now(), idle_since = now(), last_beat_at = now()
     WHERE id = $1 RETURNING id, state
   ) INSERT INTO vm_event (vm_id, state, because) SELECT id, state, 'activated by its agent' FROM activated`,
);
const LOCK_OUT = sql(
  'lock_out_vm',
  `WITH locked AS (
     UPDATE vm SET locked_at = now(), retire_reason = coalesce(retire_reason, $2),
       instruction_version = instruction_version + 1
     WHERE id = $1 RETURNING id, state
   ) INSERT INTO vm_event (vm_id, state, because) SELECT id, state, $2 FROM locked`,
);
const CALLER = sql(
  'vm_caller',
  'SELECT vo, public_key AS "publicKey", state, locked_at IS NOT NULL AS locked FROM vm WHERE id = $1',
);

const ALARM = 'locked: another key came with its spent activation key';

/** `vmId` as the agent says; it must be a UUID. */
export async function activate(
  db: Database,
  request: ActivationRequest & { readonly vmId: VmId },
): Promise<Activation> {
  return db.transaction(async (tx) => {
    const [row] = await tx.rows<ActivationRow>(LOCK, [request.vmId]);
    const [clock] = await tx.rows<{ now: Date }>(CLOCK);
    const decision = decideActivation(row, request, clock!.now);
    if (decision === 'activate') await tx.rows(ACTIVATE, [request.vmId, request.publicKey]);
    if (typeof decision === 'object' && 'alarm' in decision) await lockOut(tx, request.vmId, request.publicKey);
    return decision;
  });
}

async function lockOut(tx: Sql, vmId: VmId, publicKey: string): Promise<void> {
  await tx.rows(LOCK_OUT, [vmId, ALARM]);
  await writeAudit(tx, `vm:${vmId}`, 'vm.alarm', vmId, { because: ALARM, publicKey });
}

export interface VmCaller {
  readonly vo: string;
  /** Null before its activation: nothing speaks for this VM yet. */
  readonly publicKey: string | null;
  readonly state: VmState;
  /** Nothing speaks for this VM any more. */
  readonly locked: boolean;
}

/** What decides whether the VM of a token or an assertion may speak now. */
export async function vmCaller(db: Sql, vmId: VmId): Promise<VmCaller | undefined> {
  return (await db.rows<VmCaller>(CALLER, [vmId]))[0];
}
