// The whole deployment's demand is packed once: into what is free and what is on its way, and the rest into new VMs as
// far as the caps go. The VO that holds the fewest cores is served first, one VM at a time.
import { counted } from '@pilotfish/matcher';
import type { FleetAction, QueueId, VmProfile } from '@pilotfish/model';
import { nextOpening, type Opening } from '../opening.ts';
import { inPackingOrder, place, type Waiting } from '../packing.ts';
import { newestProfiles } from '../profiles.ts';
import { type Room, roomOf } from '../room.ts';
import type { Rule } from '../rule.ts';
import type { Demand, Seen } from '../seen.ts';
import { supplyOf } from '../supply.ts';

/** One VO's demand while the plan is made. */
interface Front {
  readonly vo: string;
  readonly profiles: readonly VmProfile[];
  /** `12 jobs of astro wait for 18 cores`. */
  readonly want: string;
  readonly waiting: readonly Waiting[];
  /** Cores that are free or on their way. */
  readonly coming: number;
  readonly opened: ReadonlyMap<QueueId, number>;
}

export const launchForDemand: Rule = (seen, policy, before) => {
  const room = roomOf(seen, policy, before);
  const actions: FleetAction[] = [];
  let fronts = openFronts(seen, before);
  while (fronts.length > 0) {
    const front = leastServed(fronts, room);
    const opening = nextOpening(front.waiting, front.opened, front.profiles, room, policy.goodFill);
    const others = fronts.filter((one) => one !== front);
    if (opening === undefined) {
      fronts = others;
      continue;
    }
    room.take(opening.profile, opening.observed.endpoint.name);
    actions.push(launch(front, opening, room));
    fronts = [...others, served(front, opening)];
  }
  return actions;
};

function openFronts(seen: Seen, before: readonly FleetAction[]): readonly Front[] {
  const vos = [...new Set(seen.demand.map(({ queue }) => queue.vo))].sort();
  const profiles = newestProfiles(seen.profiles);
  return vos.map((vo) => {
    const demand = seen.demand.filter(({ queue, waiting }) => queue.vo === vo && waiting >= 1);
    const supply = supplyOf(seen, vo, before);
    let waiting = inPackingOrder(demand);
    for (const { offer } of supply) waiting = place(offer, waiting).waiting;
    const coming = supply.reduce((sum, { offer }) => sum + offer.free.processors, 0);
    const own = profiles.filter((profile) => profile.vo === vo);
    return { vo, profiles: own, want: wantOf(vo, demand), waiting, coming, opened: new Map() };
  });
}

function wantOf(vo: string, demand: readonly Demand[]): string {
  const jobs = demand.reduce((sum, { waiting }) => sum + waiting, 0);
  const cores = demand.reduce((sum, { waiting, queue }) => sum + waiting * queue.requirements.processors.min, 0);
  return `${counted(jobs, 'job')} of ${vo} ${jobs === 1 ? 'waits' : 'wait'} for ${counted(cores, 'core')}`;
}

function leastServed(fronts: readonly Front[], room: Room): Front {
  const key = ({ vo }: Front) => room.processorsOf(vo);
  return fronts.reduce((best, front) =>
    key(front) < key(best) || (key(front) === key(best) && front.vo < best.vo) ? front : best,
  );
}

function launch(front: Front, { profile, observed }: Opening, room: Room): FleetAction {
  const { name, maxVms } = observed.endpoint;
  const because = `${front.want}; ${front.coming} free or booting; starts VM ${room.vmsAt(name)} of ${maxVms} at ${name}.`;
  return { kind: 'launch', vo: front.vo, profile: profile.name, endpoint: name, because };
}

function served(front: Front, { queue, profile, placed }: Opening): Front {
  return {
    ...front,
    waiting: placed.waiting,
    coming: front.coming + profile.capacity.processors,
    opened: new Map(front.opened).set(queue, (front.opened.get(queue) ?? 0) + 1),
  };
}
