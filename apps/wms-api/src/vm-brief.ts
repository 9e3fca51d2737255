// What a VM is told of itself.
import type { VmBrief } from '@pilotfish/api-contract';
import type { VmId, VmProfile } from '@pilotfish/model';
import { type Database, sql } from '@pilotfish/persistence';

const BRIEF = sql(
  'vm_brief',
  `SELECT v.id AS "vmId", v.vo, v.profile, v.endpoint, p.spec,
     jsonb_build_object('processors', v.processors, 'memoryMb', v.memory_mb, 'diskMb', v.disk_mb, 'gpus', v.gpus) AS capacity
   FROM vm v JOIN profile p ON p.vo = v.vo AND p.name = v.profile AND p.version = v.profile_version WHERE v.id = $1`,
);

/** Several beats fit into the time after which the VM counts as lost. */
const BEATS_PER_LEASE = 5;
const FASTEST_S = 1;
const SLOWEST_S = 60;

export async function briefOf(db: Database, vmId: VmId): Promise<VmBrief | undefined> {
  const [row] = await db.rows<Omit<VmBrief, 'environment' | 'beatS' | 'isolatedAfterS'> & { spec: VmProfile }>(BRIEF, [
    vmId,
  ]);
  if (row === undefined) return undefined;
  const { spec, ...brief } = row;
  return {
    ...brief,
    environment: { ...spec.environment },
    isolatedAfterS: spec.isolatedAfterS,
    beatS: Math.min(SLOWEST_S, Math.max(FASTEST_S, spec.lostAfterS / BEATS_PER_LEASE)),
  };
}
