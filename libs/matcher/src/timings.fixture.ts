// Prints how long fills take, for reading, not for passing. From the root of the repository:
// npx esbuild libs/matcher/src/timings.fixture.ts --bundle --platform=node --format=esm | node --input-type=module
import type { Offer, Requirements } from '@pilotfish/model';
import { compile, suits } from './compiled-need.ts';
import { anOffer, aQueue } from './examples.fixture.ts';
import { fill } from './fill.ts';
import { room } from './limits/room.ts';
import { fits, mismatches } from './match.ts';
import { fairShare } from './share/fair-share.ts';
import { placeOf } from './share/share-tree.ts';
import { charge, noUsage } from './share/usage.ts';
import { type Candidate, fewestCoresFirst, type TurnRule } from './turn.ts';

const GROUPS = 4;

/** Deterministic in [0, below). */
function draw(seed: number, below: number): number {
  return Math.floor((((seed * 2_654_435_761) >>> 0) / 2 ** 32) * below);
}

/** Queues like those of a large VO: mostly single cores, a fifth multi-core, few elastic ones, sites and tags mixed. */
function queues(count: number, owners: number): readonly Candidate[] {
  return Array.from({ length: count }, (_, id) => {
    const min = [1, 1, 1, 1, 1, 1, 1, 2, 4, 8][draw(id + 1, 10)]!;
    const max = draw(id + 2, 20) === 0 ? min * 4 : min;
    const needs: Partial<Requirements> = {
      processors: { min, max },
      memoryMb: [0, 0, 500, 2000][draw(id + 3, 4)]!,
      cpuTimeS: [360, 3600, 21_600, 86_400][draw(id + 4, 4)]!,
      sites: draw(id + 5, 3) === 0 ? [] : Array.from({ length: 30 }, (_one, at) => `LCG.site-${at}.org`),
      tags: draw(id + 6, 10) === 0 ? ['GPU'] : [],
    };
    const who = { group: `group-${draw(id + 7, GROUPS)}`, owner: `owner-${draw(id + 8, owners)}` };
    const queue = aQueue(id + 1, needs, who);
    return { queue, waiting: 2000, priority: draw(id + 9, 11), oldestAt: draw(id + 10, 1e6), inUse: 0 };
  });
}

function node(cores: number): Offer {
  const total = { processors: cores, memoryMb: cores * 2000, diskMb: 1_000_000, gpus: 0 };
  return anOffer({ site: 'LCG.site-7.org', total, free: total, timeLeftS: 172_800 });
}

function shares(candidates: readonly Candidate[], packingDebtCoreS: number): TurnRule {
  const tree = { members: { astro: { members: { 'group-1': { weight: 3 }, 'group-2': { shared: true } } } } };
  const usage = noUsage();
  for (const [at, { queue }] of candidates.entries()) charge(usage, placeOf(tree, queue), draw(at, 100_000));
  return fairShare(tree, usage, { packingDebtCoreS });
}

function time(name: string, repeats: number, run: (at: number) => unknown): void {
  for (let at = 0; at < Math.ceil(repeats / 5); at++) run(at);
  const took = Array.from({ length: repeats }, (_, at) => {
    const began = performance.now();
    run(at);
    return performance.now() - began;
  }).sort((left, right) => left - right);
  const [p50, p99] = [took[repeats >> 1]!, took[Math.floor(repeats * 0.99)]!];
  console.log(`${name.padEnd(64)} p50 ${p50.toFixed(3)} ms   p99 ${p99.toFixed(3)} ms`);
}

for (const [count, owners] of [
  [501, 5],
  [5000, 5],
  [5000, 500],
  [5000, 5000],
] as const) {
  const candidates = queues(count, owners);
  const rules = { 'fewest cores': fewestCoresFirst, shares: shares(candidates, 0), packing: shares(candidates, 1e6) };
  for (const [rule, turnRule] of Object.entries(rules))
    for (const cores of [1, 128])
      time(`${cores} cores, ${count} queues, ${owners} owners, ${rule}`, 300, () =>
        fill(node(cores), candidates, 1000, turnRule),
      );
  const limits = [{ id: 'a', dimensions: { owner: 'owner-1' }, max: 10, unit: 'jobs' as const }];
  time(`128 cores, ${count} queues, ${owners} owners, packing, a limit`, 300, () =>
    fill(node(128), candidates, 1000, rules.packing, room(limits, new Map())),
  );
  time(`  the first fill of a new list of known queues (128 cores)`, 40, () =>
    fill(node(128), [...candidates], 1000, rules.packing),
  );
  time(`  the first fill by a new kind of node (128 cores)`, 40, (at) =>
    fill({ ...node(128), endpoint: `new-${at}-${rules.shares.packingDebt}` }, candidates, 1000, rules.packing),
  );
  time(`  fits of all ${count}`, 100, () => candidates.filter(({ queue }) => fits(queue, node(8))).length);
  time(`  suits, needs compiled, of all ${count}`, 100, () => {
    const needs = candidates.map(({ queue }) => compile(queue));
    return needs.filter((need) => suits(need, node(8))).length;
  });
  time(`  plain criteria of all ${count}`, 20, () =>
    candidates.filter(({ queue }) => mismatches(queue, node(8)).length === 0),
  );
}
