import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fluidShares } from './fluid-share.ts';
import { placeOf, type ShareTree, type Who } from './share-tree.ts';
import { type Claim, type Cluster, type Stream, simulate } from './simulation.fixture.ts';

const CORES = 24;
const FOREVER = [{ atS: 0, jobs: Number.POSITIVE_INFINITY }];

const who = (group: string, owner: string): Who => ({ vo: 'astro', group, owner });
const keyOf = (tree: ShareTree, one: Who) => placeOf(tree, one).levels.at(-1)!.key;
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

/** 60 to 1259 s, different for every job, the same in every run. */
const varied = (seed: number) => (n: number) => 60 + ((n * 7919 + seed * 104_729) % 1200);
const LONGEST_S = 1259;

const anyWeight = fc.constantFrom(1, 1, 2, 3, 10);
const GROUPS = ['g1', 'g2', 'g3'];
const OWNERS = ['u1', 'u2', 'u3', 'u4'];

const anyGroup = fc.record({
  weight: anyWeight,
  shared: fc.constantFrom(false, false, true),
  members: fc.record(Object.fromEntries(OWNERS.map((name) => [name, fc.record({ weight: anyWeight })]))),
});
const anyTree: fc.Arbitrary<ShareTree> = fc
  .record(Object.fromEntries(GROUPS.map((name) => [name, anyGroup])))
  .map((members) => ({ members: { astro: { members } } }));

const everybody = GROUPS.flatMap((group) => OWNERS.map((owner) => who(group, owner)));
const anyPeople = fc.subarray(everybody, { minLength: 2, maxLength: 8 });

/** What the claims of each leaf used, by key of the leaf. */
function usedBy(cluster: Cluster, claims: readonly Claim[]): ReadonlyMap<string, number> {
  const used = new Map(cluster.streams.map((stream) => [keyOf(cluster.tree, stream.who), 0]));
  for (const { stream, coreS } of claims) {
    const key = keyOf(cluster.tree, cluster.streams[stream]!.who);
    used.set(key, used.get(key)! + coreS);
  }
  return used;
}

/** The fluid share of all that was used, when everybody always wants more. */
function idealOf({ tree, streams }: Cluster, total: number): ReadonlyMap<string, number> {
  const demands = streams.map((stream) => ({ who: stream.who, cores: Number.POSITIVE_INFINITY }));
  return fluidShares(tree, demands, total);
}

/** One job for each sibling and one's own at each of the two levels that matter (groups, users), and one first batch. */
function boundCoreS(jobCoreS: number): number {
  return jobCoreS * (1 + GROUPS.length + 1 + OWNERS.length) + jobCoreS * 8;
}

describe('fair share over time', () => {
  it('gives each leaf its fluid share of any tree to within a job per sibling at each level', () => {
    fc.assert(
      fc.property(anyTree, anyPeople, (tree, people) => {
        const streams = people.map((one, at) => ({ who: one, cores: 1, takesS: varied(at), arrivals: FOREVER }));
        const cluster = { tree, streams, nodes: 3, coresEach: 8 };
        const claims = simulate(cluster, 30_000);
        const used = usedBy(cluster, claims);
        const ideal = idealOf(cluster, sum([...used.values()]));
        for (const [key, coreS] of used)
          expect(Math.abs(coreS - ideal.get(key)!)).toBeLessThanOrEqual(boundCoreS(LONGEST_S));
      }),
      { numRuns: 25 },
    );
  });

  it('starves nobody: between two jobs of a leaf lies no more than its bound at its share of the cores', () => {
    fc.assert(
      fc.property(anyTree, anyPeople, (tree, people) => {
        const streams = people.map((one, at) => ({ who: one, cores: 1, takesS: varied(at), arrivals: FOREVER }));
        const cluster = { tree, streams, nodes: 3, coresEach: 8 };
        const untilS = 30_000;
        const claims = simulate(cluster, untilS);
        const shares = idealOf(cluster, 1);
        for (const key of shares.keys()) {
          const his = claims.filter(({ stream }) => keyOf(tree, streams[stream]!.who) === key).map(({ atS }) => atS);
          if (!usedBy(cluster, []).has(key)) continue;
          const gaps = [...his, untilS].map((atS, at) => atS - (his[at - 1] ?? 0));
          const boundS = (2 * boundCoreS(LONGEST_S)) / (shares.get(key)! * CORES) + LONGEST_S;
          expect(Math.max(...gaps)).toBeLessThanOrEqual(boundS);
        }
      }),
      { numRuns: 15 },
    );
  });

  it('comes within a tenth of the whole of the fluid share over multi-core mixes, with packing and a half-life', () => {
    const anyMix = fc.tuple(
      anyTree,
      anyPeople,
      fc.array(fc.constantFrom(1, 1, 2, 4, 8), { minLength: 8, maxLength: 8 }),
      fc.constantFrom(Number.POSITIVE_INFINITY, 20_000),
    );
    fc.assert(
      fc.property(anyMix, ([tree, people, sizes, halfLifeS]) => {
        const streams = people.map((one, at) => ({
          who: one,
          cores: sizes[at]!,
          takesS: varied(at),
          arrivals: FOREVER,
        }));
        const cluster = { tree, streams, nodes: 6, coresEach: 16, options: { packingDebtCoreS: 20_000 }, halfLifeS };
        const used = usedBy(cluster, simulate(cluster, 50_000));
        const total = sum([...used.values()]);
        const ideal = idealOf(cluster, total);
        for (const [key, coreS] of used) expect(Math.abs(coreS - ideal.get(key)!) / total).toBeLessThanOrEqual(0.1);
      }),
      { numRuns: 15 },
    );
  });

  it('shares what some have no use for among the others', () => {
    const tree = { members: { astro: { members: { g1: { weight: 3 } } } } };
    const dripping = Array.from({ length: 600 }, (_, at) => ({ atS: at * 100, jobs: 2 }));
    const flat = () => 100;
    const streams: Stream[] = [
      { who: who('g1', 'u1'), cores: 1, takesS: flat, arrivals: dripping },
      { who: who('g2', 'u1'), cores: 1, takesS: flat, arrivals: FOREVER },
      { who: who('g3', 'u1'), cores: 1, takesS: flat, arrivals: FOREVER },
    ];
    const cluster = { tree, streams, nodes: 3, coresEach: 8 };
    const used = usedBy(cluster, simulate(cluster, 60_000));
    const total = sum([...used.values()]);
    const demands = streams.map((stream, at) => ({ who: stream.who, cores: at === 0 ? 2 : Number.POSITIVE_INFINITY }));
    const ideal = fluidShares(tree, demands, CORES);
    for (const [key, coreS] of used) expect(coreS / total).toBeCloseTo(ideal.get(key)! / CORES, 2);
  });

  it('serves background shares with what is left over only', () => {
    const tree = { members: { astro: { members: { g2: { background: true } } } } };
    const busyUntil = Array.from({ length: 100 }, (_, at) => ({ atS: at * 100, jobs: 40 }));
    const streams: Stream[] = [
      { who: who('g1', 'u1'), cores: 1, takesS: () => 100, arrivals: busyUntil },
      { who: who('g2', 'u1'), cores: 1, takesS: () => 100, arrivals: FOREVER },
    ];
    const claims = simulate({ tree, streams, nodes: 3, coresEach: 8 }, 30_000);
    const first = claims.find(({ stream }) => stream === 1)!;
    expect(first.atS).toBeGreaterThanOrEqual((100 * 40 * 100) / CORES - 200);
    expect(claims.filter(({ atS, stream }) => stream === 1 && atS > first.atS + 100).length).toBeGreaterThan(1000);
  });
});

describe('somebody who comes back', () => {
  const free = { members: {} };
  const steady = (owner: string, arrivals: Stream['arrivals'], takesS: Stream['takesS']): Stream => ({
    who: who('g1', owner),
    cores: 1,
    takesS,
    arrivals,
  });
  const portions = (claims: readonly Claim[], fromS: number, untilS: number, streams: number) => {
    const within = ({ atS, endS }: Claim) => Math.max(0, Math.min(endS, untilS) - Math.max(atS, fromS));
    const used = Array.from({ length: streams }, (_, at) =>
      sum(claims.filter(({ stream }) => stream === at).map(within)),
    );
    return used.map((one) => one / sum(used));
  };

  it('is not owed the time without jobs, and does not shut out who worked meanwhile', () => {
    const later = [{ atS: 50_000, jobs: Number.POSITIVE_INFINITY }];
    const streams = [steady('u1', FOREVER, varied(1)), steady('u2', later, varied(2))];
    const claims = simulate({ tree: free, streams, nodes: 3, coresEach: 8 }, 70_000);
    for (const portion of portions(claims, 52_000, 70_000, 2)) expect(Math.abs(portion - 0.5)).toBeLessThan(0.05);
  });

  it('may catch up by his burst allowance', () => {
    const tree = { members: { astro: { members: { g1: { members: { u2: { burstCoreS: 100_000 } } } } } } };
    const later = [{ atS: 50_000, jobs: Number.POSITIVE_INFINITY }];
    const streams = [steady('u1', FOREVER, () => 100), steady('u2', later, () => 100)];
    const claims = simulate({ tree, streams, nodes: 3, coresEach: 8 }, 70_000);
    const after = claims.filter(({ atS }) => atS > 50_000);
    const [one, two] = [0, 1].map((at) => sum(after.filter(({ stream }) => stream === at).map(({ coreS }) => coreS)));
    expect(Math.abs(two! - one! - 100_000)).toBeLessThan(5000);
  });

  it('is not held up by what others were charged too much for work that ended early', () => {
    const later = [{ atS: 50_000, jobs: Number.POSITIVE_INFINITY }];
    const streams = [
      { ...steady('u1', FOREVER, () => 300), expectedS: 3000 },
      { ...steady('u2', later, () => 300), expectedS: 300 },
    ];
    const claims = simulate({ tree: free, streams, nodes: 3, coresEach: 8 }, 150_000);
    expect(portions(claims, 50_000, 52_000, 2)[1]).toBeGreaterThanOrEqual(0.5);
    for (const portion of portions(claims, 100_000, 150_000, 2)) expect(Math.abs(portion - 0.5)).toBeLessThan(0.05);
  });

  it('with 5 jobs beside one with 81 % of a million waits no more than twice the fair ideal', () => {
    const million = 1_000_000;
    const owners = [0.81, 0.1, 0.05, 0.03, 0.01].map((part, at) =>
      steady(`u${at}`, [{ atS: 0, jobs: million * part }], varied(at)),
    );
    const cameS = 20_000;
    const streams = [...owners, steady('small', [{ atS: cameS, jobs: 5 }], varied(9))];
    const claims = simulate({ tree: free, streams, nodes: 8, coresEach: 8 }, 25_000).filter(({ atS }) => atS >= cameS);
    const waits = claims.filter(({ stream }) => stream === 5).map(({ atS }) => atS - cameS);
    // Fair: every sixth core that becomes free is his.
    const ideal = [1, 2, 3, 4, 5].map((n) => claims[6 * n - 1]!.atS - cameS);
    expect(waits).toHaveLength(5);
    expect(sum(waits)).toBeLessThanOrEqual(2 * sum(ideal));
  });
});
