// Kill, reschedule and delete, for one job or many. Rows are locked in id order, so that bulk calls can't deadlock.
import { JOB_TRANSITIONS, type JobId, type JobState, MINOR } from '@pilotfish/model';
import type { Changed, JobFilter } from '@pilotfish/workload';
import { type Database, type Sql, sql } from '../database.ts';
import { filtered } from './job-filter.ts';

interface Locked {
  readonly id: JobId;
  readonly state: JobState;
  readonly reschedules: number;
  readonly maxReschedules: number;
}

// Before the jobs are locked: claims take the queue's row first and the job's second, and so must we.
async function unqueue(tx: Sql, filter: JobFilter): Promise<void> {
  const waiting = (where: string) => `DELETE FROM waiting_job WHERE job_id IN (
    SELECT w.job_id FROM waiting_job w JOIN job j ON j.id = w.job_id WHERE ${where} ORDER BY w.job_id FOR UPDATE OF w)`;
  await tx.rows(...filtered('unqueue_jobs', filter, waiting));
}

// After the lock, for jobs that came to wait in between.
const UNQUEUE_LATE = sql('unqueue_late_jobs', 'DELETE FROM waiting_job WHERE job_id = ANY($1::bigint[])');
const END_WAITING = sql(
  'end_waiting_jobs',
  `WITH ended AS (
     UPDATE job SET state = $2, minor = $3, kill_reason = coalesce(nullif($4, ''), kill_reason),
       ended_at = coalesce(ended_at, now()) WHERE id = ANY($1::bigint[])
     RETURNING id, attempt
   ) INSERT INTO job_event (job_id, state, minor, source, attempt) SELECT id, $2, $3, $5, attempt FROM ended`,
);
const MARK = sql(
  'mark_held_jobs',
  `WITH marked AS (
     UPDATE job SET minor = $2, kill_reason = coalesce(kill_reason, $3) WHERE id = ANY($1::bigint[]) RETURNING id, attempt, state
   ), told AS (
     UPDATE attempt a SET stop_requested_at = coalesce(a.stop_requested_at, now()), stop_reason = coalesce(a.stop_reason, $3)
     FROM marked m WHERE a.job_id = m.id AND a.n = m.attempt RETURNING a.vm_id
   ), logged AS (
     INSERT INTO job_event (job_id, state, minor, source, attempt) SELECT id, state, $2, $4, attempt FROM marked
   ) SELECT DISTINCT vm_id AS "vmId" FROM told ORDER BY 1`,
);
const NEWS = sql(
  'orders_news',
  `UPDATE vm SET instruction_version = instruction_version + 1 FROM (
     SELECT id FROM vm WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
   ) told WHERE vm.id = told.id`,
);
const REQUEUE = sql(
  'requeue_jobs',
  `WITH again AS (
     UPDATE job SET state = 'Waiting', minor = $2, reschedules = reschedules + 1, started_at = NULL, ended_at = NULL,
       exit_code = NULL, application_status = ''
     WHERE id = ANY($1::bigint[]) RETURNING id, queue_id, priority, attempt
   ), waiting AS (
     INSERT INTO waiting_job (queue_id, priority, job_id) SELECT queue_id, priority, id FROM again
   ) INSERT INTO job_event (job_id, state, minor, source, attempt) SELECT id, 'Waiting', $2, $3, attempt FROM again`,
);

const HELD: readonly JobState[] = ['Matched', 'Running', 'Stalled', 'Completing'];
const idsOf = (jobs: readonly Locked[]): JobId[] => jobs.map(({ id }) => id);
const may = (from: JobState, to: JobState): boolean => (JOB_TRANSITIONS[from] as readonly JobState[]).includes(to);

async function lock(tx: Sql, filter: JobFilter): Promise<readonly Locked[]> {
  return tx.rows<Locked>(
    ...filtered(
      'lock_jobs',
      filter,
      (where) =>
        `SELECT j.id, j.state, j.reschedules, j.max_reschedules AS "maxReschedules" FROM job j WHERE ${where} ORDER BY j.id FOR UPDATE`,
    ),
  );
}

function answer(
  done: readonly Locked[],
  refused: readonly { readonly job: Locked; readonly detail: string }[],
): Changed {
  return { done: idsOf(done), refused: refused.map(({ job, detail }) => ({ id: job.id, detail })) };
}

export async function killJobs(db: Database, filter: JobFilter, reason: string, source: string): Promise<Changed> {
  let told: { vmId: string }[] = [];
  const changed = await db.transaction(async (tx) => {
    await unqueue(tx, filter);
    const jobs = await lock(tx, filter);
    const held = jobs.filter(({ state }) => HELD.includes(state));
    const waiting = jobs.filter(({ state }) => !HELD.includes(state) && may(state, 'Killed'));
    const refused = jobs.filter((job) => !held.includes(job) && !waiting.includes(job));
    const text = reason || `killed by ${source}`;
    await tx.rows(UNQUEUE_LATE, [idsOf(waiting)]);
    await tx.rows(END_WAITING, [idsOf(waiting), 'Killed', MINOR.killed, text, source]);
    told = await tx.rows<{ vmId: string }>(MARK, [idsOf(held), MINOR.marked, text, source]);
    return answer(
      [...waiting, ...held],
      refused.map((job) => ({ job, detail: `it is ${job.state} already` })),
    );
  });
  // Apart, because claims take the VM's row before the job's. Should it get lost, the next beat carries the orders.
  if (told.length > 0) await db.transaction((tx) => tx.rows(NEWS, [told.map(({ vmId }) => vmId)]));
  return changed;
}

export async function rescheduleJobs(db: Database, filter: JobFilter, source: string): Promise<Changed> {
  return db.transaction(async (tx) => {
    const jobs = await lock(tx, filter);
    const detailOf = (job: Locked): string | undefined => {
      if (job.state !== 'Failed') return `it is ${job.state}; only a Failed job can be rescheduled`;
      if (job.reschedules >= job.maxReschedules)
        return `it was rescheduled ${job.reschedules} times, its maximum; submit it anew`;
      return undefined;
    };
    const again = jobs.filter((job) => detailOf(job) === undefined);
    await tx.rows(REQUEUE, [idsOf(again), MINOR.rescheduled, source]);
    return answer(
      again,
      jobs.filter((job) => !again.includes(job)).map((job) => ({ job, detail: detailOf(job)! })),
    );
  });
}

export async function removeJobs(db: Database, filter: JobFilter, source: string): Promise<Changed> {
  return db.transaction(async (tx) => {
    await unqueue(tx, filter);
    const jobs = await lock(tx, filter);
    const gone = jobs.filter(({ state }) => may(state, 'Deleted'));
    await tx.rows(UNQUEUE_LATE, [idsOf(gone)]);
    await tx.rows(END_WAITING, [idsOf(gone), 'Deleted', 'Deleted', '', source]);
    const refused = jobs.filter((job) => !gone.includes(job));
    return answer(
      gone,
      refused.map((job) => ({ job, detail: `it is ${job.state}; kill it first` })),
    );
  });
}
