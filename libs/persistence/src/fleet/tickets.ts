// Orders that need a cloud call: taking them, and recording what came of it.
import type { CloudFailure, Machine, Ticket } from '@pilotfish/fleet';
import type { CloudEndpoint, Vm, VmId, VmState } from '@pilotfish/model';
import { type Database, type Sql, sql } from '../database.ts';
import { endVm } from './step-vm.ts';
import { ENDPOINT_COLUMNS, type ProfileRow, profileOf, VM_COLUMNS } from './vm-row.ts';

const DUE = sql(
  'orders_due',
  `SELECT id FROM fleet_action WHERE state = 'ordered' AND next_try_at <= now() ORDER BY id LIMIT 200`,
);
// Two deliveries of one order may overlap; the second finds it taken for a while and lets it be.
const TAKE = sql(
  'order_take',
  `UPDATE fleet_action SET tries = tries + 1, next_try_at = now() + interval '2 minutes'
   WHERE id = $1 AND state = 'ordered' AND next_try_at <= now()
   RETURNING id, kind, vm_id AS "vmId", endpoint, because, tries`,
);
const ENDPOINT = sql('order_endpoint', `SELECT ${ENDPOINT_COLUMNS} FROM endpoint e WHERE name = $1`);
const VM = sql(
  'order_vm',
  `SELECT ${VM_COLUMNS}, jsonb_build_object('vo', p.vo, 'name', p.name, 'version', p.version, 'spec', p.spec) AS "profileRow"
   FROM vm v JOIN profile p ON p.vo = v.vo AND p.name = v.profile AND p.version = v.profile_version WHERE v.id = $1`,
);
const ACTIVATION = sql(
  'vm_set_activation',
  `UPDATE vm SET activation_hash = $2, activation_until = now() + make_interval(secs => $3) WHERE id = $1 AND public_key IS NULL`,
);
const LAUNCHED = sql(
  'order_launched',
  `WITH done AS (UPDATE fleet_action SET state = 'done', ended_at = now() WHERE id = $1 AND state = 'ordered' RETURNING vm_id),
   up AS (
     UPDATE vm SET provider_id = $2, launched_at = now(), state = CASE WHEN state = 'ordered' THEN 'booting' ELSE state END
     FROM done WHERE vm.id = done.vm_id RETURNING vm.id, vm.state, vm.endpoint
   ) INSERT INTO vm_event (vm_id, state, because) SELECT id, state, 'the cloud made machine ' || $2 FROM up`,
);
const END = sql(
  'order_end',
  `UPDATE fleet_action SET state = $2, ended_at = now(), failure = $3, problem = $4 WHERE id = $1 AND state = 'ordered'
   RETURNING vm_id AS "vmId", because`,
);
const CONSOLE = sql('vm_console', `UPDATE vm SET console_tail = $2 WHERE id = $1 AND $2 <> ''`);
const POSTPONE = sql(
  'order_postpone',
  `UPDATE fleet_action SET next_try_at = now() + make_interval(secs => $2), failure = $3, problem = $4
   WHERE id = $1 AND state = 'ordered'`,
);
// A launch of a VM that was told to leave before its machine was made.
const CALL_OFF = sql(
  'order_call_off',
  `UPDATE fleet_action SET state = 'done', ended_at = now(), problem = 'called off: the VM is no longer wanted' WHERE id = $1`,
);

const UNWANTED: readonly VmState[] = ['stopping', 'gone', 'failed'];

type Taken = Pick<Ticket, 'id' | 'kind' | 'vmId' | 'because' | 'tries'> & { readonly endpoint: string };

export async function dueOrders(db: Database): Promise<readonly number[]> {
  return (await db.rows<{ id: number }>(DUE)).map(({ id }) => id);
}

export async function take(db: Database, orderId: number): Promise<Ticket | undefined> {
  const [taken] = await db.rows<Taken>(TAKE, [orderId]);
  if (taken === undefined) return undefined;
  const [endpoint] = await db.rows<CloudEndpoint>(ENDPOINT, [taken.endpoint]);
  const [row] = await db.rows<Vm & { profileRow: ProfileRow }>(VM, [taken.vmId]);
  if (endpoint === undefined) return undefined;
  if (row === undefined) return { ...taken, endpoint, vm: null, profile: null };
  const { profileRow, ...vm } = row;
  if (taken.kind === 'launch' && UNWANTED.includes(vm.state)) {
    await db.rows(CALL_OFF, [orderId]);
    return undefined;
  }
  return { ...taken, endpoint, vm, profile: profileOf(profileRow) };
}

export async function setActivation(db: Database, vmId: VmId, hash: Buffer, validS: number): Promise<void> {
  await db.rows(ACTIVATION, [vmId, hash, validS]);
}

export async function launched(db: Database, orderId: number, machine: Machine): Promise<void> {
  await db.rows(LAUNCHED, [orderId, machine.providerId]);
}

export async function launchFailed(
  db: Database,
  orderId: number,
  failure: CloudFailure,
  problem: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const [order] = await tx.rows<{ vmId: VmId }>(END, [orderId, 'failed', failure, problem]);
    // A VM that has called home was launched, whatever the cloud answered.
    if (order && !(await calledHome(tx, order.vmId)))
      await endVm(tx, order.vmId, 'failed', `launch failed (${failure}): ${problem}`);
  });
}

const CALLED_HOME = sql(
  'vm_called_home',
  'SELECT activated_at IS NOT NULL AND ended_at IS NULL AS yes FROM vm WHERE id = $1 FOR UPDATE',
);

async function calledHome(tx: Sql, vmId: VmId): Promise<boolean> {
  return (await tx.rows<{ yes: boolean }>(CALLED_HOME, [vmId]))[0]?.yes === true;
}

export async function terminated(db: Database, orderId: number, consoleTail: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [order] = await tx.rows<{ vmId: VmId; because: string }>(END, [orderId, 'done', null, null]);
    if (!order) return;
    await tx.rows(CONSOLE, [order.vmId, consoleTail.replaceAll('\0', '')]);
    await endVm(tx, order.vmId, 'gone', order.because);
  });
}

export async function postpone(
  db: Database,
  orderId: number,
  delayS: number,
  failure: CloudFailure,
  problem: string,
): Promise<void> {
  await db.rows(POSTPONE, [orderId, delayS, failure, problem]);
}
