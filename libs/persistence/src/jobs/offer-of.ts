// The offer of a running VM: quantities as its pilot says, bounded by the ledger; all else from its profile and endpoint.
import type { Offer, Resources, VmId, VmProfile } from '@pilotfish/model';
import type { Asked, Look } from '@pilotfish/workload';
import { type Database, sql } from '../database.ts';
import { ofAsks } from './claim.ts';

const OFFER = `SELECT v.id AS "vmId", v.vo, e.site, v.endpoint, v.profile, v.platforms, p.spec,
     jsonb_build_object('processors', v.processors, 'memoryMb', v.memory_mb, 'diskMb', v.disk_mb, 'gpus', v.gpus) AS total,
     jsonb_build_object('processors', v.processors - o.processors, 'memoryMb', v.memory_mb - o.memory_mb,
       'diskMb', v.disk_mb - o.disk_mb, 'gpus', v.gpus - o.gpus) AS free,
     o.n AS open, o.asks, extract(epoch FROM now() - v.activated_at)::float8 AS "ageS"
   FROM vm v JOIN endpoint e ON e.name = v.endpoint
   JOIN profile p ON p.vo = v.vo AND p.name = v.profile AND p.version = v.profile_version
   CROSS JOIN LATERAL (
     SELECT count(*)::int AS n, coalesce(sum(processors), 0)::int AS processors, coalesce(sum(memory_mb), 0)::int AS memory_mb,
       coalesce(sum(disk_mb), 0)::int AS disk_mb, coalesce(sum(gpus), 0)::int AS gpus, array_agg(DISTINCT ask_id) AS asks
     FROM attempt a WHERE a.vm_id = v.id AND a.state IN ('Claimed', 'Running', 'Completing')
   ) o
   WHERE v.state = 'running' AND v.locked_at IS NULL AND v.ended_at IS NULL`;
const OF_VMS = sql('offers_of_vms', `${OFFER} AND v.id = ANY($1::uuid[])`);
const OF_VO = sql('offers_of_vo', `${OFFER} AND v.vo = $1`);

interface Row {
  readonly vmId: VmId;
  /** Ids of the asks that opened what is open; null when nothing is. */
  readonly asks: readonly string[] | null;
  readonly vo: string;
  readonly site: string;
  readonly endpoint: string;
  readonly profile: string;
  readonly platforms: readonly string[];
  readonly spec: VmProfile;
  readonly total: Resources;
  readonly free: Resources;
  readonly open: number;
  readonly ageS: number;
}

const least = (a: Resources, b: Resources): Resources => ({
  processors: Math.min(a.processors, b.processors),
  memoryMb: Math.min(a.memoryMb, b.memoryMb),
  diskMb: Math.min(a.diskMb, b.diskMb),
  gpus: Math.min(a.gpus, b.gpus),
});

function offer(row: Row): Offer {
  const { spec } = row;
  return {
    vo: row.vo,
    site: row.site,
    endpoint: row.endpoint,
    profile: row.profile,
    platforms: [...new Set([...row.platforms, ...spec.platforms])],
    tags: spec.tags,
    requiredTags: spec.requiredTags,
    jobTypes: spec.jobTypes,
    owners: spec.owners,
    groups: spec.groups,
    total: row.total,
    free: row.free,
    empty: row.open === 0,
    timeLeftS: Math.max(0, spec.maxLifeS - row.ageS),
  };
}

/** One look per ask, in order. */
export async function look(db: Database, asked: readonly Asked[]): Promise<readonly Look[]> {
  const rows = await db.rows<Row>(OF_VMS, [asked.map(({ vmId }) => vmId)]);
  const byVm = new Map(rows.map((row) => [row.vmId, row]));
  // A VM that takes no more jobs still gets its answer again.
  const repeated = asked.filter(({ vmId, askId }) => {
    const row = byVm.get(vmId);
    return row === undefined || row.asks?.includes(askId) === true;
  });
  const before = await ofAsks(db, repeated);
  return asked.map((one) => {
    const row = byVm.get(one.vmId);
    return { offer: row && saidOf(offer(row), one), before: before.get(one.askId) ?? [] };
  });
}

/** Quantities as the pilot says, but never above what the ledger has left. */
function saidOf(ledger: Offer, said: Asked): Offer {
  const platforms = [...new Set([...said.platforms, ...ledger.platforms])];
  return { ...ledger, free: least(said.free, ledger.free), platforms };
}

/** Every node of the VO that may take jobs now. */
export async function runningOffers(db: Database, vo: string): Promise<readonly Offer[]> {
  return (await db.rows<Row>(OF_VO, [vo])).map(offer);
}
