// Builders and arbitraries for this package's specs. The planner's clock stands at NOON.
import type { CloudEndpoint, QueueId, Requirements, Resources, VmId, VmProfile } from '@pilotfish/model';
import { VM_STATES } from '@pilotfish/model';
import fc from 'fast-check';
import type { Launch } from './rule.ts';
import type { Demand, Seen, SeenEndpoint, SeenMachine, SeenVm } from './seen.ts';

export const NOON = Date.UTC(2030, 0, 1, 12);
export const ago = (seconds: number) => new Date(NOON - seconds * 1000);
export const vmId = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` as VmId;

export function node(processors: number, more: Partial<Resources> = {}): Resources {
  return { processors, memoryMb: processors * 2048, diskMb: 50_000, gpus: 0, ...more };
}

export function aProfile(overrides: Partial<VmProfile> = {}): VmProfile {
  return {
    vo: 'astro',
    name: 'small',
    version: 1,
    endpoints: ['local'],
    image: 'image',
    capacity: node(8),
    platforms: [],
    tags: [],
    requiredTags: [],
    jobTypes: [],
    owners: [],
    groups: [],
    minVms: 0,
    maxVms: 50,
    idleS: 300,
    maxLifeS: 86_400,
    bootTimeoutS: 600,
    lostAfterS: 600,
    isolatedAfterS: 900,
    environment: {},
    packages: [],
    ...overrides,
  };
}

export function anEndpoint(
  overrides: Partial<CloudEndpoint> = {},
  more: Partial<Omit<SeenEndpoint, 'endpoint'>> = {},
): SeenEndpoint {
  const endpoint = { name: 'local', kind: 'fake', site: 'CLOUD.local.org', enabled: true, settings: {} };
  const caps = { maxVms: 50, maxProcessors: 1000 };
  const seen = { observedAt: NOON, reachable: true, machines: [], strangers: [], launchFailures: [] };
  return { ...seen, ...more, endpoint: { ...endpoint, ...caps, ...overrides } };
}

export const machine = (id: number, status: SeenMachine['status'] = 'active'): SeenMachine => ({
  vmId: vmId(id),
  providerId: `m${id}`,
  status,
});

/** Running for an hour with one attempt open on all of its eight cores. */
export function aVm(id: number, overrides: Partial<SeenVm> = {}): SeenVm {
  return {
    id: vmId(id),
    vo: 'astro',
    endpoint: 'local',
    profile: 'small',
    profileVersion: 1,
    state: 'running',
    capacity: node(8),
    providerId: `m${id}`,
    because: '',
    retireReason: null,
    publicKey: null,
    lockedAt: null,
    pilotId: null,
    orderedAt: ago(3700),
    activatedAt: ago(3600),
    lastBeatAt: ago(10),
    idleSince: null,
    endedAt: null,
    openAttempts: 1,
    free: node(0, { diskMb: 0 }),
    stateSince: null,
    ...overrides,
  };
}

/** Ordered half a minute ago. */
export const booting: Partial<SeenVm> = {
  state: 'booting',
  orderedAt: ago(30),
  activatedAt: null,
  lastBeatAt: null,
  openAttempts: 0,
};
export const idleFor = (seconds: number): Partial<SeenVm> => ({
  openAttempts: 0,
  free: node(8),
  idleSince: ago(seconds),
});

export function aDemand(waiting: number, overrides: Partial<Requirements> = {}, id = 1, vo = 'astro'): Demand {
  const amounts = { processors: { min: 1, max: 1 }, wholeNode: false, memoryMb: 0, diskMb: 0, gpus: 0 };
  const places = { sites: [], bannedSites: [], endpoints: [], platforms: [], tags: [] };
  const requirements = { ...amounts, ...places, cpuTimeS: 3600, wallTimeS: 0, jobType: 'User', ...overrides };
  return { queue: { id: id as QueueId, vo, group: 'users', owner: 'ada', requirements }, waiting, oldestAt: NOON };
}

export const cores = (min: number, max = min): Partial<Requirements> => ({ processors: { min, max } });

/** One endpoint that lists every VM, and one profile, unless said otherwise. */
export function aSeen(overrides: Partial<Seen> = {}): Seen {
  const machines = (overrides.vms ?? []).map(({ id, providerId }) => ({
    vmId: id,
    providerId: providerId ?? '',
    status: 'active' as const,
  }));
  const world = { endpoints: [anEndpoint({}, { machines })], profiles: [aProfile()], vms: [], demand: [] };
  return { at: NOON, ...world, ...overrides };
}

/** The next observation, where everything that was launched has been ordered, in that order. */
export function afterLaunching(seen: Seen, launched: readonly Launch[]): Seen {
  const ordered = launched.map(({ vo, profile, endpoint, because }, index) => {
    const from = seen.profiles.find((one) => one.vo === vo && one.name === profile)!;
    return aVm(9000 + seen.vms.length + index, {
      ...booting,
      state: 'ordered',
      providerId: null,
      vo,
      profile,
      endpoint,
      because,
      profileVersion: from.version,
      capacity: from.capacity,
      free: from.capacity,
      orderedAt: new Date(seen.at + index),
    });
  });
  return { ...seen, vms: [...seen.vms, ...ordered] };
}

const anyDemand: fc.Arbitrary<Demand> = fc
  .record({
    vo: fc.constantFrom('astro', 'bio'),
    waiting: fc.constantFrom(0, 1, 3, 20, 10_000_000),
    id: fc.integer({ min: 1, max: 500 }),
    min: fc.constantFrom(1, 1, 2, 3, 8, 20),
    more: fc.constantFrom(0, 0, 5),
    wholeNode: fc.constantFrom(false, false, false, true),
    memoryMb: fc.constantFrom(0, 0, 500, 9000),
    gpus: fc.constantFrom(0, 0, 0, 1),
    tags: fc.constantFrom([], [], ['T1']),
    endpoints: fc.constantFrom([], [], ['far']),
    cpuTimeS: fc.constantFrom(360, 3600, 86_400),
    oldestAt: fc.integer({ min: 0, max: 5 }),
  })
  .map(({ vo, waiting, id, min, more, oldestAt, ...needs }) => ({
    ...aDemand(waiting, { ...needs, ...cores(min, min + more) }, id, vo),
    oldestAt,
  }));

const anyProfile = fc
  .record({
    vo: fc.constantFrom('astro', 'bio'),
    name: fc.constantFrom('small', 'large'),
    processors: fc.constantFrom(2, 4, 8, 32),
    gpus: fc.constantFrom(0, 0, 2),
    endpoints: fc.constantFrom(['local'], ['far', 'local'], ['local', 'far', 'nowhere']),
    tags: fc.constantFrom([], ['T1']),
    requiredTags: fc.constantFrom([], [], ['T1']),
    minVms: fc.constantFrom(0, 0, 2),
    maxVms: fc.constantFrom(0, 5, 20, 20),
    maxLifeS: fc.constantFrom(3600, 86_400, 200_000, 200_000),
  })
  .map(({ processors, gpus, ...rest }) => aProfile({ ...rest, capacity: node(processors, { gpus }) }));

const when = fc.constantFrom(null, 10, 400, 5000, 100_000).map((seconds) => (seconds === null ? null : ago(seconds)));

const anyVm = fc
  .record({
    id: fc.integer({ min: 1, max: 40 }),
    vo: fc.constantFrom('astro', 'bio'),
    profile: fc.constantFrom('small', 'large', 'removed'),
    endpoint: fc.constantFrom('local', 'far', 'nowhere'),
    state: fc.constantFrom('running', 'running', ...VM_STATES),
    openAttempts: fc.constantFrom(0, 0, 1, 3),
    orderedAt: fc.constantFrom(ago(5), ago(700), ago(100_000)),
    activatedAt: when,
    lastBeatAt: when,
    idleSince: when,
    endedAt: when,
    lockedAt: fc.constantFrom(null, null, ago(10)),
    processors: fc.constantFrom(1, 4, 8),
    free: fc.constantFrom(0, 0.5, 1),
    stateSince: fc.constantFrom(null, NOON - 5000, NOON - 900_000),
  })
  .map(({ id, processors, free, ...rest }) =>
    aVm(id, { ...rest, capacity: node(processors), free: node(Math.floor(processors * free)) }),
  );

const anyFailure = fc.record({
  at: fc.constantFrom(NOON - 10_000, NOON - 400_000, NOON - 9_000_000),
  reason: fc.constant('no valid host'),
  kind: fc.constantFrom('launch' as const, 'boot' as const),
});

function mostly<T>(usual: T, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

function anySeenEndpoint(name: string): fc.Arbitrary<SeenEndpoint> {
  return fc
    .record({
      enabled: mostly(true, false),
      reachable: mostly(true, false),
      observedAt: mostly(NOON - 10_000, NOON - 9_000_000, null),
      maxVms: fc.constantFrom(3, 14, 30, 30),
      maxProcessors: fc.constantFrom(10, 100, 400, 1000),
      machines: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 20 }),
      strangers: fc.uniqueArray(fc.integer({ min: 30, max: 60 }), { maxLength: 2 }),
      firstSeenAt: fc.constantFrom(NOON, NOON - 2_000_000),
      launchFailures: fc.oneof(fc.constant([]), fc.array(anyFailure, { maxLength: 4 })),
    })
    .map(({ enabled, maxVms, maxProcessors, machines, strangers, firstSeenAt, ...rest }) =>
      anEndpoint(
        { name, enabled, maxVms, maxProcessors },
        {
          ...rest,
          machines: machines.map((id) => machine(id, id % 7 === 0 ? 'error' : 'active')),
          strangers: strangers.map((id) => ({ ...machine(id), firstSeenAt })),
        },
      ),
    );
}

export const anySeen: fc.Arbitrary<Seen> = fc.record({
  at: fc.constant(NOON),
  endpoints: fc.tuple(anySeenEndpoint('local'), anySeenEndpoint('far')),
  profiles: fc.uniqueArray(anyProfile, { minLength: 2, maxLength: 4, selector: ({ vo, name }) => `${vo}/${name}` }),
  vms: fc.uniqueArray(anyVm, { maxLength: 10, selector: ({ id }) => id }),
  demand: fc.uniqueArray(anyDemand, { minLength: 1, maxLength: 8, size: 'max', selector: ({ queue }) => queue.id }),
});
