// Fleet as people look at it: VMs with their load, timeline and beats; pilots; orders; endpoints; profiles.
import type { CloudEndpoint, Resources, Vm, VmHealth, VmId } from '@pilotfish/model';
import { type Database, sql } from '../database.ts';
import { ENDPOINT_COLUMNS, OPEN_OF_VM, VM_COLUMNS } from './vm-row.ts';

export type VmRow = Vm & {
  readonly jobs: number;
  readonly processorsBusy: number;
  readonly health: VmHealth | null;
  readonly lastBeatAgeS: number | null;
};

export interface PilotRow {
  readonly id: string;
  readonly vmId: string;
  readonly vo: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly lastBeatAt: Date;
  readonly current: boolean;
  readonly free: Resources;
}

export interface OrderRow {
  readonly id: number;
  readonly kind: string;
  readonly vo: string | null;
  readonly endpoint: string | null;
  readonly profile: string | null;
  readonly vmId: string | null;
  readonly because: string;
  readonly state: string;
  readonly orderedAt: Date;
  readonly endedAt: Date | null;
  readonly problem: string | null;
}

export type EndpointRow = CloudEndpoint & {
  readonly observedAt: Date | null;
  readonly reachable: boolean;
  readonly problem: string | null;
  readonly vms: number;
};

const SHOWN = `SELECT ${VM_COLUMNS}, o.n AS jobs, o.processors AS "processorsBusy", v.health,
  extract(epoch FROM now() - v.last_beat_at)::float8 AS "lastBeatAgeS" FROM vm v ${OPEN_OF_VM}`;
const LIST = sql(
  'list_vms',
  `${SHOWN} WHERE ($1::text IS NULL OR v.vo = $1) AND ($2::text[] IS NULL OR v.state = ANY($2))
   AND ($3 OR v.ended_at IS NULL) ORDER BY v.ordered_at DESC, v.id LIMIT $4`,
);
const FIND = sql('find_vm', `${SHOWN} WHERE v.id = $1 AND ($2::text IS NULL OR v.vo = $2)`);
const TIMELINE = sql('vm_timeline', 'SELECT at, state, because FROM vm_event WHERE vm_id = $1 ORDER BY id');
const BEATS = sql('vm_beats', 'SELECT at, health, jobs FROM vm_beat WHERE vm_id = $1 ORDER BY at DESC LIMIT 20');
const ATTEMPTS = sql(
  'vm_attempts',
  `SELECT job_id AS "jobId", n, state, processors FROM attempt WHERE vm_id = $1 ORDER BY claimed_at DESC, job_id LIMIT 200`,
);
const CONSOLE = sql('vm_console_tail', 'SELECT console_tail AS tail FROM vm WHERE id = $1');
const PILOTS = sql(
  'list_pilots',
  `SELECT p.id, p.vm_id AS "vmId", v.vo, p.version, p.started_at AS "startedAt", p.last_beat_at AS "lastBeatAt",
     p.id = v.pilot_id AS current, p.free
   FROM pilot p JOIN vm v ON v.id = p.vm_id WHERE v.ended_at IS NULL AND ($1::text IS NULL OR v.vo = $1) ORDER BY p.started_at DESC`,
);
const ORDERS = sql(
  'list_orders',
  `SELECT id, kind, vo, endpoint, profile, vm_id AS "vmId", because, state, ordered_at AS "orderedAt", ended_at AS "endedAt",
     problem FROM fleet_action WHERE ($1::text IS NULL OR vo = $1) ORDER BY id DESC LIMIT $2`,
);
const ENDPOINTS = sql(
  'list_endpoints',
  `SELECT ${ENDPOINT_COLUMNS}, e.observed_at AS "observedAt", e.reachable, e.problem,
     (SELECT count(*)::int FROM vm v WHERE v.endpoint = e.name AND v.ended_at IS NULL) AS vms FROM endpoint e ORDER BY e.name`,
);

export interface VmFilter {
  readonly vo?: string | undefined;
  readonly states?: readonly string[] | undefined;
  readonly ended: boolean;
  readonly limit: number;
}

export function fleetReader(db: Database) {
  return {
    vms: ({ vo, states, ended, limit }: VmFilter) =>
      db.rows<VmRow>(LIST, [vo ?? null, states ?? null, ended || states !== undefined, limit]),
    vm: async (id: VmId, vo?: string): Promise<VmRow | undefined> => (await db.rows<VmRow>(FIND, [id, vo ?? null]))[0],
    timeline: (id: VmId) => db.rows<{ at: Date; state: string; because: string }>(TIMELINE, [id]),
    beats: (id: VmId) => db.rows<{ at: Date; health: VmHealth; jobs: number }>(BEATS, [id]),
    attempts: (id: VmId) => db.rows<{ jobId: number; n: number; state: string; processors: number }>(ATTEMPTS, [id]),
    console: async (id: VmId): Promise<string> => (await db.rows<{ tail: string }>(CONSOLE, [id]))[0]?.tail ?? '',
    pilots: (vo?: string) => db.rows<PilotRow>(PILOTS, [vo ?? null]),
    orders: (vo: string | undefined, limit: number) => db.rows<OrderRow>(ORDERS, [vo ?? null, limit]),
    endpoints: () => db.rows<EndpointRow>(ENDPOINTS),
  };
}

export type FleetReader = ReturnType<typeof fleetReader>;
