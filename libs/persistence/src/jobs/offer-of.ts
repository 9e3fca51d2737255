// The offer of a running VM: quantities as its pilot says, bounded by the ledger; all else from its profile and endpoint.
import type { Offer, Resources, VmId, VmProfile } from '@pilotfish/model';
import { type Database, sql } from '../database.ts';

const OFFER = `SELECT v.vo, e.site, v.endpoint, v.profile, v.platforms, p.spec,
     jsonb_build_object('processors', v.processors, 'memoryMb', v.memory_mb, 'diskMb', v.disk_mb, 'gpus', v.gpus) AS total,
     jsonb_build_object('processors', v.processors - o.processors, 'memoryMb', v.memory_mb - o.memory_mb,
       'diskMb', v.disk_mb - o.disk_mb, 'gpus', v.gpus - o.gpus) AS free,
     o.n AS open, extract(epoch FROM now() - v.activated_at)::float8 AS "ageS"
   FROM vm v JOIN endpoint e ON e.name = v.endpoint
   JOIN profile p ON p.vo = v.vo AND p.name = v.profile AND p.version = v.profile_version
   CROSS JOIN LATERAL (
     SELECT count(*)::int AS n, coalesce(sum(processors), 0)::int AS processors, coalesce(sum(memory_mb), 0)::int AS memory_mb,
       coalesce(sum(disk_mb), 0)::int AS disk_mb, coalesce(sum(gpus), 0)::int AS gpus
     FROM attempt a WHERE a.vm_id = v.id AND a.state IN ('Claimed', 'Running', 'Completing')
   ) o
   WHERE v.state = 'running' AND v.locked_at IS NULL AND v.ended_at IS NULL`;
const OF_VM = sql('offer_of_vm', `${OFFER} AND v.id = $1`);
const OF_VO = sql('offers_of_vo', `${OFFER} AND v.vo = $1`);

interface Row {
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

export async function offerOf(
  db: Database,
  vmId: VmId,
  said: { free: Resources; platforms: readonly string[] },
): Promise<Offer | undefined> {
  const [row] = await db.rows<Row>(OF_VM, [vmId]);
  if (row === undefined) return undefined;
  const ledger = offer(row);
  return {
    ...ledger,
    free: least(said.free, ledger.free),
    platforms: [...new Set([...said.platforms, ...ledger.platforms])],
  };
}

/** Every node of the VO that may take jobs now. */
export async function runningOffers(db: Database, vo: string): Promise<readonly Offer[]> {
  return (await db.rows<Row>(OF_VO, [vo])).map(offer);
}
