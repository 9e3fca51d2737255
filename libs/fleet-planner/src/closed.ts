// Why no VM of a profile can be started at an endpoint now, for people. The conditions are those of room.ts.
import { counted, duration } from '@pilotfish/matcher';
import type { VmProfile } from '@pilotfish/model';
import { breakerOf, failuresInARow } from './breaker.ts';
import { isFresh } from './observation.ts';
import type { Policy } from './policy.ts';
import { presentVms, unknownAt } from './room.ts';
import type { Seen, SeenEndpoint, SeenVm } from './seen.ts';
import { endpointOf } from './supply.ts';

/** `about` reads `endpoint here`, `profile small` or `VO astro`; `text` goes on from there. */
export interface Closed {
  readonly about: string;
  readonly text: string;
}

/** Undefined: one could be started. `problemOf` is what went wrong when the endpoint was last listed. */
export function closedBecause(
  seen: Seen,
  policy: Policy,
  profile: VmProfile,
  endpoint: string,
  problemOf: (endpoint: string) => string | null,
): Closed | undefined {
  const observed = endpointOf(seen, endpoint);
  if (observed === undefined) return { about: `endpoint ${endpoint}`, text: 'is not known to the service' };
  const text =
    shut(observed, seen, policy, problemOf(endpoint)) ??
    paused(observed, seen, policy) ??
    full(observed, seen, profile);
  return text === undefined ? atMost(seen, policy, profile) : { about: `endpoint ${endpoint}`, text };
}

function shut(observed: SeenEndpoint, seen: Seen, policy: Policy, problem: string | null): string | undefined {
  if (!observed.endpoint.enabled) return 'is disabled; an operator enables it again';
  if (isFresh(observed, seen.at, policy)) return undefined;
  if (!observed.reachable) return `can not be reached${problem ? `: ${problem}` : ''}`;
  if (observed.observedAt === null) return 'has not been looked at by the director yet; it starts nothing before';
  return `was last looked at by the director ${age(seen, observed.observedAt)} ago; is the director running?`;
}

function paused(observed: SeenEndpoint, seen: Seen, policy: Policy): string | undefined {
  const breaker = breakerOf(observed, seen, policy);
  if (breaker === 'closed') return undefined;
  const failures = failuresInARow(observed, seen, policy);
  const last = failures.reduce((newest, failure) => (failure.at > newest.at ? failure : newest));
  const failed = `failed to start ${counted(failures.length, 'VM')} in a row, the last ${age(seen, last.at)} ago: ${last.reason}`;
  if (breaker === 'open') {
    const leftS = policy.coolDownS - (seen.at - last.at) / 1000;
    return `${failed}; it is tried again in ${duration(leftS)}`;
  }
  const probing = seen.vms.some(
    ({ endpoint, state }) => endpoint === observed.endpoint.name && (state === 'ordered' || state === 'booting'),
  );
  return probing ? `${failed}; one VM on its way there tries it again` : undefined;
}

function full(observed: SeenEndpoint, seen: Seen, profile: VmProfile): string | undefined {
  const { name, maxVms, maxProcessors } = observed.endpoint;
  const present = presentVms(seen).filter(({ endpoint }) => endpoint === name);
  const strangers = unknownAt(seen, observed);
  const vms = present.length + strangers;
  const cores = present.reduce((sum, { capacity }) => sum + capacity.processors, 0);
  if (vms >= maxVms) return `is full: ${vms} of at most ${counted(maxVms, 'VM')}${usedBy(present, strangers)}`;
  if (cores + profile.capacity.processors <= maxProcessors) return undefined;
  const asks = `a VM of profile ${profile.name} has ${profile.capacity.processors}`;
  return `has too few cores left: ${cores} of at most ${maxProcessors} are used, ${asks}${usedBy(present, strangers)}`;
}

/** `; astro has 2, biomed 1`, the greatest first. */
function usedBy(present: readonly SeenVm[], strangers: number): string {
  const counts = new Map<string, number>();
  for (const { vo } of present) counts.set(vo, (counts.get(vo) ?? 0) + 1);
  const parts = [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([vo, count], index) => (index === 0 ? `${vo} has ${count}` : `${vo} ${count}`));
  if (strangers > 0) parts.push(`${strangers} unknown to the service`);
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

function atMost(seen: Seen, policy: Policy, { vo, name, maxVms }: VmProfile): Closed | undefined {
  const present = presentVms(seen).filter((vm) => vm.vo === vo);
  const own = present.filter(({ profile }) => profile === name).length;
  if (own >= maxVms) return { about: `profile ${name}`, text: `has all the VMs that it may have: ${own} of ${maxVms}` };
  if (present.length < policy.maxVmsPerVo) return undefined;
  return { about: `VO ${vo}`, text: `has all the VMs that a VO may have: ${present.length} of ${policy.maxVmsPerVo}` };
}

const age = (seen: Seen, at: number): string => duration((seen.at - at) / 1000);
