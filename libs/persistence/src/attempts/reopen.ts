// A pilot that was only cut off takes a lost attempt back, as long as its job still waits and the VM has the room.
import type { JobId, VmId } from '@pilotfish/model';
import type { Phase } from '@pilotfish/workload';
import { type Sql, sql } from '../database.ts';

// The queue's row decides: whoever deletes it has the job, a claim or this pilot. One that somebody else is at is
// passed over, since waiting for it here could be waiting in a circle.
const UNQUEUE = sql(
  'reopen_unqueue',
  `DELETE FROM waiting_job WHERE job_id = (
     SELECT w.job_id FROM waiting_job w JOIN attempt a ON a.job_id = w.job_id AND a.n = $2 AND a.state = 'Lost'
     JOIN vm v ON v.id = a.vm_id AND v.id = $3 AND v.state IN ('running', 'draining') AND v.locked_at IS NULL
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(processors), 0) AS processors, coalesce(sum(memory_mb), 0) AS memory_mb,
         coalesce(sum(disk_mb), 0) AS disk_mb, coalesce(sum(gpus), 0) AS gpus
       FROM attempt b WHERE b.vm_id = v.id AND b.state IN ('Claimed', 'Running', 'Completing')
     ) o
     WHERE w.job_id = $1 AND o.processors + a.processors <= v.processors AND o.memory_mb + a.memory_mb <= v.memory_mb
       AND o.disk_mb + a.disk_mb <= v.disk_mb AND o.gpus + a.gpus <= v.gpus
     FOR UPDATE OF w SKIP LOCKED
   ) RETURNING job_id`,
);
const MATCH = sql(
  'reopen_match',
  `UPDATE job SET state = 'Matched', minor = 'Taken back by its pilot' WHERE id = $1 AND attempt = $2 RETURNING id`,
);
const RUN = sql(
  'reopen_run',
  `UPDATE job SET state = 'Running', started_at = (SELECT coalesce(started_at, claimed_at) FROM attempt WHERE job_id = $1 AND n = $2)
   WHERE id = $1`,
);
const REOPEN = sql(
  'reopen_attempt',
  `WITH back AS (
     UPDATE attempt SET state = $3, ended_at = NULL, accounted = false, minor = NULL, reason = NULL, missing_since = NULL,
       started_at = CASE WHEN $3 = 'Claimed' THEN started_at ELSE coalesce(started_at, claimed_at) END
     WHERE job_id = $1 AND n = $2 RETURNING vm_id
   ), busy AS (
     UPDATE vm SET idle_since = NULL FROM back WHERE vm.id = back.vm_id
   )
   INSERT INTO job_event (job_id, state, minor, source, attempt)
   SELECT id, state, minor, 'pilot', attempt FROM job WHERE id = $1`,
);

const STATE = { starting: 'Claimed', running: 'Running', completing: 'Completing' } as const;

/** Under the VM's lock. False: the job is somebody else's by now, or the VM may not have it. */
export async function reopen(tx: Sql, vmId: VmId, jobId: JobId, n: number, phase: Phase): Promise<boolean> {
  if ((await tx.rows(UNQUEUE, [jobId, n, vmId])).length === 0) return false;
  if ((await tx.rows(MATCH, [jobId, n])).length === 0)
    throw new Error(`job ${jobId} waited with attempt ${n} lost, and has another attempt`);
  if (phase !== 'starting') await tx.rows(RUN, [jobId, n]);
  await tx.rows(REOPEN, [jobId, n, STATE[phase]]);
  return true;
}
