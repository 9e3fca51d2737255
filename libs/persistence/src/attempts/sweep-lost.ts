// Leases that have run out. The lease is the pilot's, by the database's clock; it does not run while the centre was
// away, and when many VMs of one endpoint fall silent together they are held for a while, not written off.
import type { JobId, VmId } from '@pilotfish/model';
import { type Database, sql } from '../database.ts';
import { lockAttempts, loseAttempt, startIdleClocks } from './requeue.ts';

const ALIVE = sql(
  'centre_alive',
  `UPDATE centre SET up_since = CASE WHEN now() - alive_at > make_interval(secs => $1) THEN now() ELSE up_since END,
     alive_at = now() WHERE id = 1`,
);
/** Seconds without a living API after which leases stand still. */
const CENTRE_GAP_S = 15;
/**
 * When this many VMs of an endpoint, and this share of them, are silent, the network is likelier than the VMs. Silent
 * together are those that have used this part of their lease when the first of them has used it up.
 */
const MASS_COUNT = 3;
const MASS_SHARE = 0.5;
const QUIET_PART = 0.5;
/** Seconds for which a mass silence is held before it counts like any other. */
const MASS_HOLD_S = 1800;

// A VM that holds attempts is heard of when its pilot speaks: an agent alone can't answer for them.
const HEARD = `greatest(c.up_since, v.activated_at, CASE WHEN p.id IS NULL OR NOT EXISTS (
    SELECT 1 FROM attempt a WHERE a.vm_id = v.id AND a.state IN ('Claimed', 'Running', 'Completing')
  ) THEN v.last_beat_at ELSE p.last_beat_at END)`;
const LEASES = 'vm v CROSS JOIN centre c LEFT JOIN pilot p ON p.id = v.pilot_id';

const SILENT = sql(
  'silent_vms',
  `WITH lease AS (
     SELECT v.id, v.endpoint, (f.spec->>'lostAfterS')::float8 AS lost_after,
       extract(epoch FROM now() - ${HEARD})::float8 AS silent
     FROM ${LEASES} JOIN profile f ON f.vo = v.vo AND f.name = v.profile AND f.version = v.profile_version
     WHERE v.ended_at IS NULL AND v.state IN ('running', 'draining', 'stopping') AND c.alive_at > now() - make_interval(secs => $1)
   ), counted AS (
     SELECT *, count(*) FILTER (WHERE silent > lost_after * $5::float8) OVER w AS quiet_here, count(*) OVER w AS here
     FROM lease WINDOW w AS (PARTITION BY endpoint)
   )
   SELECT id, silent FROM counted
   WHERE silent > lost_after AND NOT (quiet_here >= $2 AND quiet_here >= here * $3::float8 AND silent < $4) ORDER BY id`,
);
const LOCK_VM = sql('sweep_lock_vm', 'SELECT id FROM vm WHERE id = $1 FOR UPDATE');
const STALL = sql(
  'stall_vm',
  `WITH stalled AS (UPDATE vm SET state = 'stalled' WHERE id = $1 AND state IN ('running', 'draining') RETURNING id)
   INSERT INTO vm_event (vm_id, state, because) SELECT id, 'stalled', $2 FROM stalled`,
);
const OPEN = sql(
  'open_attempts_of_vm',
  `SELECT job_id AS "jobId", n FROM attempt WHERE vm_id = $1 AND state IN ('Claimed', 'Running', 'Completing')`,
);
const STILL = sql(
  'still_silent',
  `SELECT 1 FROM ${LEASES} WHERE v.id = $1 AND v.state IN ('running', 'draining', 'stopping')
   AND extract(epoch FROM now() - ${HEARD}) >= $2`,
);

/** Says that a replica of the API serves; called every few seconds by each. */
export async function centreAlive(db: Database): Promise<void> {
  await db.rows(ALIVE, [CENTRE_GAP_S]);
}

/** Requeues what silent pilots held; returns the number of attempts. */
export async function sweepLost(db: Database): Promise<number> {
  const silent = await db.rows<{ id: VmId; silent: number }>(SILENT, [
    CENTRE_GAP_S,
    MASS_COUNT,
    MASS_SHARE,
    MASS_HOLD_S,
    QUIET_PART,
  ]);
  let lost = 0;
  for (const vm of silent) lost += await writeOff(db, vm.id, vm.silent);
  return lost;
}

async function writeOff(db: Database, vmId: VmId, silentS: number): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.rows(LOCK_VM, [vmId]);
    // It may have beaten while we came here.
    if ((await tx.rows(STILL, [vmId, silentS])).length === 0) return 0;
    const reason = `no heartbeat for ${Math.round(silentS)} s`;
    await tx.rows(STALL, [vmId, reason]);
    const attempts = await lockAttempts(tx, await tx.rows<{ jobId: JobId; n: number }>(OPEN, [vmId]));
    for (const attempt of attempts) await loseAttempt(tx, attempt, reason, 'stalled sweep');
    await startIdleClocks(tx, [vmId]);
    return attempts.length;
  });
}
