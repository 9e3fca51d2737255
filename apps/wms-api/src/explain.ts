// What `wms why` and the submission check need to know of the fleet.
import type { FleetStore } from '@pilotfish/fleet';
import { emptyOffer } from '@pilotfish/fleet-planner';
import type { Job, Offer } from '@pilotfish/model';
import { type Database, runningOffers, sql } from '@pilotfish/persistence';
import { type Why, why } from '@pilotfish/workload';

/** An empty node of each profile of the VO at each endpoint that it names, also a disabled one: a job may wait for it. */
export function couldBeCapacity(fleet: FleetStore): (vo: string) => Promise<readonly Offer[]> {
  return async (vo) => {
    const [profiles, endpoints] = await Promise.all([fleet.profiles(vo), fleet.endpoints()]);
    return profiles.flatMap((profile) =>
      endpoints.filter(({ name }) => profile.endpoints.includes(name)).map((endpoint) => emptyOffer(profile, endpoint)),
    );
  };
}

const FACTS = sql(
  'why_facts',
  `SELECT
     (SELECT count(*)::int FROM vm WHERE vo = $1 AND state IN ('ordered', 'booting')) AS booting,
     (SELECT count(*)::int FROM waiting_job w WHERE w.queue_id = $2 AND (w.priority, -w.job_id) > ($3, -$4::bigint)) AS ahead,
     (SELECT kind || ': ' || because || coalesce(' (' || problem || ')', '') FROM fleet_action
        WHERE vo = $1 AND kind = 'launch' ORDER BY id DESC LIMIT 1) AS director,
     (SELECT reason FROM attempt WHERE job_id = $4::bigint ORDER BY n DESC LIMIT 1) AS "lastReason"`,
);

export function explain(
  db: Database,
  capacityOffers: (vo: string) => Promise<readonly Offer[]>,
): (job: Job) => Promise<Why> {
  return async (job) => {
    const [[facts], capacity, running] = await Promise.all([
      db.rows<{ booting: number; ahead: number; director: string | null; lastReason: string | null }>(FACTS, [
        job.vo,
        job.queueId,
        job.priority,
        job.id,
      ]),
      capacityOffers(job.vo),
      runningOffers(db, job.vo),
    ]);
    return why({ job, capacity, running, ...facts! });
  };
}
