// Order: decisions become ledger rows, each checked again under lock against caps and states. A launch's VM row, its id
// and its order are one commit, before any cloud hears of it.
import { randomUUID } from 'node:crypto';
import type { Ordered, OrderLimits } from '@pilotfish/fleet';
import { type CloudEndpoint, type FleetAction, LIVE_VM_STATES, type VmId, type VmProfile } from '@pilotfish/model';
import { type Database, type Sql, sql } from '../database.ts';
import { newestProfiles } from './seen.ts';
import { drainVm, leave, stopVm } from './step-vm.ts';
import { ENDPOINT_COLUMNS } from './vm-row.ts';

const LIVE = `state IN (${LIVE_VM_STATES.map((state) => `'${state}'`).join(', ')})`;

const LOCK_ENDPOINTS = sql(
  'order_lock_endpoints',
  `SELECT ${ENDPOINT_COLUMNS} FROM endpoint e ORDER BY e.name FOR UPDATE`,
);
const USED = sql(
  'order_used',
  `SELECT endpoint, vo, profile, count(*)::int AS vms, sum(processors)::int AS processors FROM vm WHERE ${LIVE} AND ended_at IS NULL GROUP BY 1, 2, 3`,
);
const LAUNCH = sql(
  'order_launch',
  `WITH new AS (
     INSERT INTO vm (id, vo, endpoint, profile, profile_version, state, processors, memory_mb, disk_mb, gpus, because, ordered_at)
     VALUES ($1, $2, $3, $4, $5, 'ordered', $6, $7, $8, $9, $10, clock_timestamp())
   ), logged AS (
     INSERT INTO vm_event (vm_id, state, because) SELECT $1, 'ordered', $10
   )
   INSERT INTO fleet_action (kind, vm_id, vo, endpoint, profile, because) VALUES ('launch', $1, $2, $3, $4, $10) RETURNING id`,
);
const TERMINATE = sql(
  'order_terminate',
  `INSERT INTO fleet_action (kind, vm_id, vo, endpoint, profile, because)
   SELECT 'terminate', $1, v.vo, coalesce(v.endpoint, s.endpoint), v.profile, $2
   FROM (SELECT $1::uuid AS id) k LEFT JOIN vm v ON v.id = k.id LEFT JOIN stranger s ON s.vm_id = k.id
   WHERE coalesce(v.endpoint, s.endpoint) IS NOT NULL LIMIT 1
   ON CONFLICT (vm_id, kind) WHERE state = 'ordered' DO NOTHING RETURNING id`,
);
const DONE = sql(
  'order_done',
  `INSERT INTO fleet_action (kind, vm_id, vo, endpoint, profile, because, state, ended_at)
   SELECT $2, v.id, v.vo, v.endpoint, v.profile, $3, 'done', now() FROM vm v WHERE v.id = $1`,
);

interface Used {
  readonly endpoint: string;
  readonly vo: string;
  readonly profile: string;
  readonly vms: number;
  readonly processors: number;
}

type Launch = Extract<FleetAction, { kind: 'launch' }>;

export async function order(db: Database, actions: readonly FleetAction[], limits: OrderLimits): Promise<Ordered> {
  if (actions.length === 0) return { calls: [], changed: false };
  return db.transaction(async (tx) => {
    const endpoints = await tx.rows<CloudEndpoint>(LOCK_ENDPOINTS);
    const profiles = await newestProfiles(tx, null);
    const used = [...(await tx.rows<Used>(USED))];
    const calls: number[] = [];
    let changed = false;
    for (const action of actions) {
      if (action.kind !== 'launch') {
        const ordered = await orderForVm(tx, action.kind, action.vmId, action.because);
        calls.push(...ordered.calls);
        changed ||= ordered.changed;
        continue;
      }
      const endpoint = endpoints.find(({ name }) => name === action.endpoint);
      const profile = profiles.find(({ vo, name }) => vo === action.vo && name === action.profile);
      if (!endpoint || !profile || !underCaps(endpoint, profile, used, limits)) continue;
      calls.push(await launch(tx, action, profile));
      const { processors } = profile.capacity;
      used.push({ endpoint: endpoint.name, vo: action.vo, profile: profile.name, vms: 1, processors });
    }
    return { calls, changed };
  });
}

function underCaps(endpoint: CloudEndpoint, profile: VmProfile, used: readonly Used[], limits: OrderLimits): boolean {
  const sum = (rows: readonly Used[], of: 'vms' | 'processors') => rows.reduce((total, row) => total + row[of], 0);
  const here = used.filter((row) => row.endpoint === endpoint.name);
  const ofVo = used.filter((row) => row.vo === profile.vo);
  const ofProfile = ofVo.filter((row) => row.profile === profile.name);
  return (
    endpoint.enabled &&
    profile.endpoints.includes(endpoint.name) &&
    sum(here, 'vms') < endpoint.maxVms &&
    sum(here, 'processors') + profile.capacity.processors <= endpoint.maxProcessors &&
    sum(ofVo, 'vms') < limits.maxVmsPerVo &&
    sum(ofProfile, 'vms') < profile.maxVms
  );
}

async function launch(tx: Sql, action: Launch, profile: VmProfile): Promise<number> {
  const { processors, memoryMb, diskMb, gpus } = profile.capacity;
  const [row] = await tx.rows<{ id: number }>(LAUNCH, [
    randomUUID(),
    action.vo,
    action.endpoint,
    action.profile,
    profile.version,
    processors,
    memoryMb,
    diskMb,
    gpus,
    action.because,
  ]);
  return row!.id;
}

async function orderForVm(
  tx: Sql,
  kind: 'drain' | 'stop' | 'start' | 'terminate',
  vmId: VmId,
  because: string,
): Promise<Ordered> {
  if (kind === 'terminate') {
    const left = await leave(tx, vmId, because);
    if (left === 'lively') return { calls: [], changed: false };
    const calls = (await tx.rows<{ id: number }>(TERMINATE, [vmId, because])).map(({ id }) => id);
    return { calls, changed: left === 'left' };
  }
  const stepped =
    kind === 'drain'
      ? await drainVm(tx, vmId, because)
      : kind === 'stop' && (await stopVm(tx, vmId, because, 'only when empty'));
  if (stepped) await tx.rows(DONE, [vmId, kind, because]);
  return { calls: [], changed: stepped };
}
