// How many more VMs the caps allow, and where. Every live VM counts, whatever its state: it occupies real quota.
import { type FleetAction, LIVE_VM_STATES, type VmProfile, type VmState } from '@pilotfish/model';
import { breakerOf } from './breaker.ts';
import { isFresh } from './observation.ts';
import type { Policy } from './policy.ts';
import { newestProfiles } from './profiles.ts';
import { launches } from './rule.ts';
import type { Seen, SeenEndpoint, SeenVm } from './seen.ts';
import { endpointOf } from './supply.ts';

export interface Room {
  /** The first endpoint of the profile, in its order of preference, that `suits` and where no cap stands against it. */
  openEndpoint(profile: VmProfile, suits: (endpoint: SeenEndpoint) => boolean): SeenEndpoint | undefined;
  /** Counts one more VM. */
  take(profile: VmProfile, endpoint: string): void;
  vmsAt(endpoint: string): number;
  processorsOf(vo: string): number;
}

/** Launches that `before` holds are counted. */
export function roomOf(seen: Seen, policy: Policy, before: readonly FleetAction[]): Room {
  const used = new Map<string, number>();
  const count = (kind: string, name: string) => used.get(`${kind} ${name}`) ?? 0;
  const add = (kind: string, name: string, amount: number) => used.set(`${kind} ${name}`, count(kind, name) + amount);
  const nameOf = (vo: string, profile: string) => JSON.stringify([vo, profile]);

  function occupy(vo: string, profile: string, endpoint: string, processors: number): void {
    add('vms at', endpoint, 1);
    add('processors at', endpoint, processors);
    add('vms of profile', nameOf(vo, profile), 1);
    add('vms of vo', vo, 1);
    add('processors of vo', vo, processors);
  }

  function take(profile: VmProfile, endpoint: string): void {
    occupy(profile.vo, profile.name, endpoint, profile.capacity.processors);
    add('launches', '', 1);
    add('launches at', endpoint, 1);
  }

  countPresent(seen, occupy, add);
  const newest = newestProfiles(seen.profiles);
  for (const launch of launches(before)) {
    const profile = newest.find(({ vo, name }) => vo === launch.vo && name === launch.profile);
    if (profile !== undefined) take(profile, launch.endpoint);
  }

  const allowance = allowances(seen, policy);
  function isOpen(profile: VmProfile, { endpoint }: SeenEndpoint): boolean {
    return (
      count('launches', '') < policy.maxLaunchesPerCycle &&
      count('launches at', endpoint.name) < (allowance.get(endpoint.name) ?? 0) &&
      count('vms at', endpoint.name) < endpoint.maxVms &&
      count('processors at', endpoint.name) + profile.capacity.processors <= endpoint.maxProcessors &&
      count('vms of profile', nameOf(profile.vo, profile.name)) < profile.maxVms &&
      count('vms of vo', profile.vo) < policy.maxVmsPerVo
    );
  }

  return {
    openEndpoint: (profile, suits) =>
      profile.endpoints
        .map((name) => endpointOf(seen, name))
        .find((observed) => observed !== undefined && isOpen(profile, observed) && suits(observed)),
    take,
    vmsAt: (endpoint) => count('vms at', endpoint),
    processorsOf: (vo) => count('processors of vo', vo),
  };
}

/** Strangers count too: their machines are real. So do machines of closed rows, until they are gone. */
function countPresent(
  seen: Seen,
  occupy: (vo: string, profile: string, endpoint: string, processors: number) => void,
  add: (kind: string, name: string, amount: number) => void,
): void {
  for (const vm of presentVms(seen)) occupy(vm.vo, vm.profile, vm.endpoint, vm.capacity.processors);
  for (const observed of seen.endpoints) add('vms at', observed.endpoint.name, unknownAt(seen, observed));
}

export function presentVms(seen: Seen): readonly SeenVm[] {
  const listed = new Set(seen.endpoints.flatMap(({ machines }) => machines.map(({ vmId }) => vmId)));
  return seen.vms.filter(({ id, state }) => (LIVE_VM_STATES as readonly VmState[]).includes(state) || listed.has(id));
}

/** Machines at the endpoint that the ledger has never held. */
export function unknownAt(seen: Seen, { strangers }: SeenEndpoint): number {
  const own = new Set(seen.vms.map(({ id }) => id));
  return strangers.filter(({ vmId }) => !own.has(vmId)).length;
}

/** Launches that each endpoint's own condition allows in this plan. */
function allowances(seen: Seen, policy: Policy): ReadonlyMap<string, number> {
  const onTheWay = new Set(
    seen.vms.filter(({ state }) => state === 'ordered' || state === 'booting').map(({ endpoint }) => endpoint),
  );
  const byBreaker = { closed: Number.POSITIVE_INFINITY, open: 0 } as const;
  return new Map(
    seen.endpoints.map((observed) => {
      const { name, enabled } = observed.endpoint;
      if (!enabled || !isFresh(observed, seen.at, policy)) return [name, 0];
      const breaker = breakerOf(observed, seen, policy);
      return [name, breaker === 'half-open' ? Number(!onTheWay.has(name)) : byBreaker[breaker]];
    }),
  );
}
