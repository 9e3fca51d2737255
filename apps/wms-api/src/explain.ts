// What `wms why` and the submission check need to know of the fleet.
import type { FleetStore } from '@pilotfish/fleet';
import { closedBecause, DEFAULT_POLICY, emptyOffer } from '@pilotfish/fleet-planner';
import type { Job, Offer } from '@pilotfish/model';
import { type Database, type FleetReader, recordEstimate, runningOffers, whyFacts } from '@pilotfish/persistence';
import { type ClosedKind, type Why, why } from '@pilotfish/workload';

/** An empty node of each profile of the VO at each endpoint that it names, also a disabled one: a job may wait for it. */
export function couldBeCapacity(fleet: FleetStore): (vo: string) => Promise<readonly Offer[]> {
  return async (vo) => {
    const [profiles, endpoints] = await Promise.all([fleet.profiles(vo), fleet.endpoints()]);
    return profiles.flatMap((profile) =>
      endpoints.filter(({ name }) => profile.endpoints.includes(name)).map((endpoint) => emptyOffer(profile, endpoint)),
    );
  };
}

export interface ExplainDeps {
  readonly db: Database;
  readonly fleet: FleetStore;
  readonly fleetReader: FleetReader;
  readonly capacityOffers: (vo: string) => Promise<readonly Offer[]>;
}

/** What it says of the start of a waiting job is kept, to be compared with the start. */
export function explain({ db, fleet, fleetReader, capacityOffers }: ExplainDeps): (job: Job) => Promise<Why> {
  return async (job) => {
    const [facts, capacity, running, closed] = await Promise.all([
      whyFacts(db, job),
      capacityOffers(job.vo),
      runningOffers(db, job.vo),
      job.state === 'Waiting' ? closedKinds(fleet, fleetReader, job.vo) : [],
    ]);
    const answer = why({ job, capacity, running, closed, ...facts });
    if (answer.estimatedStart !== null) await recordEstimate(db, job.id, answer.estimatedStart.at);
    return answer;
  };
}

async function closedKinds(fleet: FleetStore, reader: FleetReader, vo: string): Promise<readonly ClosedKind[]> {
  const [seen, endpoints] = await Promise.all([fleet.seen(), reader.endpoints()]);
  const problemOf = (name: string) => endpoints.find((endpoint) => endpoint.name === name)?.problem ?? null;
  return seen.profiles
    .filter((profile) => profile.vo === vo)
    .flatMap((profile) =>
      profile.endpoints.flatMap((endpoint): ClosedKind[] => {
        const closed = closedBecause(seen, DEFAULT_POLICY, profile, endpoint, problemOf);
        return closed === undefined ? [] : [{ profile: profile.name, endpoint, ...closed }];
      }),
    );
}
