// How a VM's row reads as the model's Vm, for every query that returns one.
import type { VmProfile } from '@pilotfish/model';

export const VM_COLUMNS = `v.id, v.vo, v.endpoint, v.profile, v.profile_version AS "profileVersion", v.state,
  jsonb_build_object('processors', v.processors, 'memoryMb', v.memory_mb, 'diskMb', v.disk_mb, 'gpus', v.gpus) AS capacity,
  v.provider_id AS "providerId", v.because, v.retire_reason AS "retireReason", v.public_key AS "publicKey",
  v.locked_at AS "lockedAt", v.pilot_id AS "pilotId", v.ordered_at AS "orderedAt", v.activated_at AS "activatedAt",
  v.last_beat_at AS "lastBeatAt", v.idle_since AS "idleSince", v.ended_at AS "endedAt"`;

/** Open attempts of the VM in alias `v`: number and what they hold. */
export const OPEN_OF_VM = `CROSS JOIN LATERAL (
  SELECT count(*)::int AS n, coalesce(sum(a.processors), 0)::int AS processors, coalesce(sum(a.memory_mb), 0)::int AS memory_mb,
    coalesce(sum(a.disk_mb), 0)::int AS disk_mb, coalesce(sum(a.gpus), 0)::int AS gpus
  FROM attempt a WHERE a.vm_id = v.id AND a.state IN ('Claimed', 'Running', 'Completing')) o`;

export const ENDPOINT_COLUMNS = `e.name, e.kind, e.site, e.enabled, e.max_vms AS "maxVms",
  e.max_processors AS "maxProcessors", e.settings`;

export type ProfileRow = {
  readonly vo: string;
  readonly name: string;
  readonly version: number;
  readonly spec: VmProfile;
};

export const profileOf = ({ vo, name, version, spec }: ProfileRow): VmProfile => ({ ...spec, vo, name, version });
