// What the planner looks at, read in its order: fleet first, then demand.
import type {
  Demand,
  LaunchFailure,
  Seen,
  SeenEndpoint,
  SeenMachine,
  SeenVm,
  Stranger,
} from '@pilotfish/fleet-planner';
import type { CloudEndpoint, TaskQueue, VmId, VmProfile } from '@pilotfish/model';
import { type Database, type Sql, sql } from '../database.ts';
import { ENDPOINT_COLUMNS, OPEN_OF_VM, type ProfileRow, profileOf, VM_COLUMNS } from './vm-row.ts';

const NOW = sql('planner_clock', 'SELECT extract(epoch FROM now()) * 1000 AS at');
// Rows that ended lately are still of interest: their machines may linger at the cloud.
const VMS = sql(
  'planner_vms',
  `SELECT ${VM_COLUMNS}, o.n AS "openAttempts", extract(epoch FROM v.state_since) * 1000 AS "stateSince",
     jsonb_build_object('processors', v.processors - o.processors, 'memoryMb', v.memory_mb - o.memory_mb,
       'diskMb', v.disk_mb - o.disk_mb, 'gpus', v.gpus - o.gpus) AS free
   FROM vm v ${OPEN_OF_VM} WHERE v.ended_at IS NULL OR v.ended_at > now() - interval '1 day'`,
);
const ENDPOINTS = sql(
  'planner_endpoints',
  `SELECT ${ENDPOINT_COLUMNS}, e.reachable, e.machines, extract(epoch FROM e.observed_at) * 1000 AS "observedAt" FROM endpoint e ORDER BY e.name`,
);
const STRANGERS = sql(
  'planner_strangers',
  `SELECT endpoint, vm_id AS "vmId", provider_id AS "providerId", extract(epoch FROM first_seen) * 1000 AS "firstSeenAt" FROM stranger`,
);
const FAILURES = sql(
  'planner_failures',
  `SELECT endpoint, extract(epoch FROM ended_at) * 1000 AS at, coalesce(problem, '') AS reason, 'launch' AS kind
   FROM fleet_action WHERE kind = 'launch' AND state = 'failed' AND ended_at > now() - interval '1 day'
   UNION ALL
   SELECT endpoint, extract(epoch FROM ended_at) * 1000, coalesce(retire_reason, ''), 'boot'
   FROM vm WHERE activated_at IS NULL AND launched_at IS NOT NULL AND ended_at > now() - interval '1 day'`,
);
const PROFILES = sql(
  'newest_profiles',
  `SELECT DISTINCT ON (vo, name) vo, name, version, spec, retired_at FROM profile WHERE $1::text IS NULL OR vo = $1
   ORDER BY vo, name, version DESC`,
);
// Counted in the index alone; the head of a queue stands for its age.
const DEMAND = sql(
  'planner_demand',
  `SELECT q.id, q.vo, q.grp AS "group", q.owner, q.requirements, many.waiting, extract(epoch FROM head.since) * 1000 AS "oldestAt"
   FROM task_queue q
   CROSS JOIN LATERAL (
     SELECT w.since FROM waiting_job w WHERE w.queue_id = q.id ORDER BY w.priority DESC, w.job_id LIMIT 1
   ) head
   CROSS JOIN LATERAL (
     SELECT count(*)::int AS waiting FROM (
       SELECT 1 FROM waiting_job w WHERE w.queue_id = q.id ORDER BY w.priority DESC, w.job_id LIMIT 10000
     ) sample
   ) many ORDER BY q.id`,
);

type EndpointRow = CloudEndpoint & {
  readonly reachable: boolean;
  readonly machines: readonly SeenMachine[];
  readonly observedAt: number | null;
};
type OfEndpoint = { readonly endpoint: string };

export async function newestProfiles(db: Sql, vo: string | null): Promise<readonly VmProfile[]> {
  const rows = await db.rows<ProfileRow & { retired_at: Date | null }>(PROFILES, [vo]);
  return rows.filter((row) => row.retired_at === null).map(profileOf);
}

export async function seen(db: Database): Promise<Seen> {
  const [{ at }] = (await db.rows<{ at: number }>(NOW)) as [{ at: number }];
  const vms = await db.rows<SeenVm>(VMS);
  const endpoints = await db.rows<EndpointRow>(ENDPOINTS);
  const strangers = await db.rows<Omit<Stranger, 'status'> & OfEndpoint>(STRANGERS);
  const failures = await db.rows<LaunchFailure & OfEndpoint>(FAILURES);
  const profiles = await newestProfiles(db, null);
  const demand = await db.rows<TaskQueue & { waiting: number; oldestAt: number }>(DEMAND);
  return {
    at: Number(at),
    vms,
    profiles,
    endpoints: endpoints.map((row) => seenEndpoint(row, strangers, failures)),
    demand: demand.map(({ waiting, oldestAt, ...queue }): Demand => ({ queue, waiting, oldestAt: Number(oldestAt) })),
  };
}

function seenEndpoint(
  { reachable, machines, observedAt, ...endpoint }: EndpointRow,
  strangers: readonly (Omit<Stranger, 'status'> & OfEndpoint)[],
  failures: readonly (LaunchFailure & OfEndpoint)[],
): SeenEndpoint {
  const statusOf = (id: VmId) => machines.find(({ vmId }) => vmId === id)?.status ?? 'active';
  return {
    endpoint,
    reachable,
    observedAt,
    machines,
    strangers: strangers
      .filter((stranger) => stranger.endpoint === endpoint.name)
      .map((stranger) => ({ ...stranger, status: statusOf(stranger.vmId) })),
    launchFailures: failures.filter((failure) => failure.endpoint === endpoint.name),
  };
}
