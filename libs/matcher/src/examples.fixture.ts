// Builders and arbitraries for this package's specs: small worlds, so that fits and mismatches are both frequent.
import type { Offer, QueueId, Requirements, Resources, TaskQueue } from '@pilotfish/model';
import fc from 'fast-check';
import type { Candidate } from './turn.ts';

export function requirements(overrides: Partial<Requirements> = {}): Requirements {
  return {
    processors: { min: 1, max: 1 },
    wholeNode: false,
    memoryMb: 0,
    diskMb: 0,
    gpus: 0,
    cpuTimeS: 360,
    wallTimeS: 0,
    sites: [],
    bannedSites: [],
    endpoints: [],
    platforms: [],
    tags: [],
    jobType: 'User',
    ...overrides,
  };
}

export function aQueue(id: number, overrides: Partial<Requirements> = {}, who: Partial<TaskQueue> = {}): TaskQueue {
  const base = { id: id as QueueId, vo: 'astro', group: 'users', owner: 'ada', ...who };
  return { ...base, requirements: requirements(overrides) };
}

export function cores(count: number, max = count): Partial<Requirements> {
  return { processors: { min: count, max } };
}

export function aCandidate(queue: TaskQueue, overrides: Partial<Candidate> = {}): Candidate {
  return { queue, waiting: 1, priority: 1, oldestAt: queue.id, inUse: 0, ...overrides };
}

/** An empty node of 8 cores, 16 GiB and one day. */
export function anOffer(overrides: Partial<Offer> = {}): Offer {
  const total: Resources = { processors: 8, memoryMb: 16_384, diskMb: 100_000, gpus: 0 };
  return {
    vo: 'astro',
    site: 'CLOUD.local.org',
    endpoint: 'local',
    profile: 'small',
    platforms: ['linux/amd64'],
    tags: [],
    requiredTags: [],
    jobTypes: [],
    owners: [],
    groups: [],
    total,
    free: total,
    empty: true,
    timeLeftS: 86_400,
    ...overrides,
  };
}

const few = (...names: string[]) => fc.subarray(names, { maxLength: 1 });
const mostlyNone = (...names: string[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.subarray(names) });

export const anyRequirements: fc.Arbitrary<Requirements> = fc.record({
  processors: fc.tuple(fc.integer({ min: 1, max: 10 }), fc.constantFrom(0, 0, 3, 20)).map(([min, more]) => ({
    min,
    max: min + more,
  })),
  wholeNode: fc.constantFrom(false, false, false, true),
  memoryMb: fc.constantFrom(0, 0, 500, 2000, 9000),
  diskMb: fc.constantFrom(0, 0, 100, 5000),
  gpus: fc.constantFrom(0, 0, 0, 1),
  cpuTimeS: fc.constantFrom(0, 360, 1800),
  wallTimeS: fc.constant(0),
  sites: mostlyNone('S1', 'S2'),
  bannedSites: mostlyNone('S2', 'S3'),
  endpoints: mostlyNone('E1', 'E2'),
  platforms: mostlyNone('P1', 'P2'),
  tags: mostlyNone('T1', 'T2'),
  jobType: fc.constantFrom('User', 'User', 'Test'),
});

export const anyQueue: fc.Arbitrary<TaskQueue> = fc.record({
  id: fc.integer({ min: 1, max: 1000 }).map((id) => id as QueueId),
  vo: fc.constantFrom('astro', 'astro', 'astro', 'bio'),
  group: fc.constantFrom('users', 'prod'),
  owner: fc.constantFrom('ada', 'bob', 'cyd'),
  requirements: anyRequirements,
});

const anyTotal: fc.Arbitrary<Resources> = fc.record({
  processors: fc.integer({ min: 0, max: 24 }),
  memoryMb: fc.integer({ min: 0, max: 20_000 }),
  diskMb: fc.integer({ min: 0, max: 20_000 }),
  gpus: fc.integer({ min: 0, max: 2 }),
});

/** Empty nodes have everything free; used ones any part of it. */
export const anyOffer: fc.Arbitrary<Offer> = fc
  .record({
    vo: fc.constantFrom('astro', 'astro', 'astro', 'bio'),
    site: fc.constantFrom('S1', 'S2', 'S3'),
    endpoint: fc.constantFrom('E1', 'E2'),
    profile: fc.constant('small'),
    platforms: few('P1', 'P2'),
    tags: fc.subarray(['T1', 'T2']),
    requiredTags: mostlyNone('T1', 'T3'),
    jobTypes: mostlyNone('User', 'Test'),
    owners: mostlyNone('ada', 'bob'),
    groups: mostlyNone('users', 'prod'),
    total: anyTotal,
    timeLeftS: fc.constantFrom(0, 400, 86_400),
    used: fc.constantFrom(null, null, 0, 0.3, 0.7, 1),
  })
  .map(({ used, ...offer }) => {
    const part = (amount: number) => Math.floor(amount * (1 - (used ?? 0)));
    const { processors, memoryMb, diskMb, gpus } = offer.total;
    const free = { processors: part(processors), memoryMb: part(memoryMb), diskMb: part(diskMb), gpus: part(gpus) };
    return { ...offer, free, empty: used === null };
  });

/** A node that many suit: what it is stands in nobody's way. */
export const anyOpenOffer: fc.Arbitrary<Offer> = fc
  .tuple(anyOffer, fc.integer({ min: 4, max: 24 }), fc.boolean())
  .map(([offer, processors, empty]) => {
    const total = { processors, memoryMb: processors * 2000, diskMb: 50_000, gpus: 1 };
    const free = empty ? total : { ...total, processors: processors - 1, memoryMb: (processors - 1) * 1900 };
    const open = { vo: 'astro', requiredTags: [], jobTypes: [], owners: [], groups: [], timeLeftS: 86_400 };
    return { ...offer, ...open, total, free, empty };
  });

/** Candidates that ask for little but cores. */
export const anyOpenCandidates = openCandidates(['ada', 'bob', 'cyd'], 12);

/** The same of many owners, so that turns are many. */
export const anyCrowd = openCandidates(
  Array.from({ length: 40 }, (_, at) => `user-${at}`),
  60,
);

function openCandidates(owners: readonly string[], maxLength: number): fc.Arbitrary<readonly Candidate[]> {
  return fc.uniqueArray(
    fc.record({
      queue: fc
        .record({
          id: fc.integer({ min: 1, max: 1000 }).map((id) => id as QueueId),
          group: fc.constantFrom('users', 'prod'),
          owner: fc.constantFrom(...owners),
          overrides: fc.record({
            processors: fc.constantFrom(
              ...[1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 8].map((min) => ({ min, max: min })),
              ...[2, 6, 30].map((max) => ({ min: 1, max })),
            ),
            wholeNode: fc.constantFrom(...new Array<boolean>(9).fill(false), true),
            memoryMb: fc.constantFrom(0, 0, 0, 500, 4000),
            cpuTimeS: fc.constantFrom(360, 1800),
          }),
        })
        .map(({ id, group, owner, overrides }) => aQueue(id, overrides, { group, owner })),
      waiting: fc.integer({ min: 0, max: 6 }),
      priority: fc.constantFrom(1, 1, 1, 5),
      oldestAt: fc.integer({ min: 0, max: 20 }),
      inUse: fc.integer({ min: 0, max: 10 }),
    }),
    { maxLength, selector: ({ queue }) => queue.id },
  );
}

export const anyCandidates: fc.Arbitrary<readonly Candidate[]> = fc.uniqueArray(
  fc.record({
    queue: anyQueue,
    waiting: fc.integer({ min: 0, max: 6 }),
    priority: fc.constantFrom(1, 1, 1, 5),
    oldestAt: fc.integer({ min: 0, max: 20 }),
    inUse: fc.integer({ min: 0, max: 10 }),
  }),
  { maxLength: 12, selector: ({ queue }) => queue.id },
);
