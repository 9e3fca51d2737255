// The snapshot's queues for any number of jobs and queues: every property keeps its share, nothing is left to chance.
import { apportion } from './apportion.ts';
import {
  CLASSES,
  cpuTimesOf,
  type Group,
  jobTypesOf,
  NAMED_BY_OTHERS,
  type QueueClass,
  SITES,
  siteName,
  sizesOf,
} from './snapshot-shape.ts';

export interface QueueShape {
  readonly owner: string;
  readonly group: Group;
  readonly jobs: number;
  /** Seconds. */
  readonly cpuTimeS: number;
  readonly jobType: string;
  readonly sites: readonly string[];
  readonly platforms: readonly string[];
}

/**
 * `queues` shapes whose jobs add up to `waiting`, each with at least one; the same for the same numbers.
 * @throws RangeError when there are fewer jobs than queues, or no queue.
 */
export function queueShapes(waiting: number, queues: number): readonly QueueShape[] {
  if (queues < 1 || waiting < queues) throw new RangeError(`${waiting} jobs don't fill ${queues} queues`);
  const counts = apportion(
    queues,
    CLASSES.map((each) => each.queues),
  );
  const classes = CLASSES.map((of, index) => ({ of, count: counts[index]! })).filter(({ count }) => count > 0);
  // One job for each queue first: small classes would not get as many as they have queues.
  const extra = apportion(
    waiting - queues,
    classes.map(({ of }) => of.jobs),
  );
  const bare = classes.flatMap(({ of, count }, index) => bareShapes(of, count, count + extra[index]!));
  return withSites(withMixes(bare));
}

type Bare = Pick<QueueShape, 'owner' | 'group' | 'jobs' | 'platforms'>;

function bareShapes({ owner, group, platforms }: QueueClass, count: number, jobs: number): Bare[] {
  const sizes = Array.from({ length: count }, (_, index) => sizeAt(sizesOf(group), (index + 0.5) / count));
  return apportion(jobs - count, sizes).map((more) => ({ owner, group, platforms, jobs: more + 1 }));
}

/** Between the steps on a straight line. `share`: 0 for the smallest, 1 for the largest. */
function sizeAt(sizes: readonly number[], share: number): number {
  const at = share * (sizes.length - 1);
  const below = Math.floor(at);
  const [from, to] = [sizes[below]!, sizes[Math.min(below + 1, sizes.length - 1)]!];
  return from + (to - from) * (at - below);
}

function withMixes(shapes: readonly Bare[]): Omit<QueueShape, 'sites'>[] {
  const groups = new Set(shapes.map(({ group }) => group));
  const mixes = new Map(
    [...groups].map((group) => {
      const count = shapes.filter((shape) => shape.group === group).length;
      return [group, { cpu: dealt(cpuTimesOf(group), count), type: dealt(jobTypesOf(group), count) }];
    }),
  );
  return shapes.map((shape) => {
    const { cpu, type } = mixes.get(shape.group)!;
    return { ...shape, cpuTimeS: cpu.next().value!, jobType: type.next().value! };
  });
}

/** `count` values in the shares of the mix, each spread evenly over the whole. */
function* dealt<T>(mix: readonly (readonly [T, number])[], count: number): Generator<T, undefined> {
  const counts = apportion(
    count,
    mix.map(([, queues]) => queues),
  );
  const places = mix.flatMap(([value], index) =>
    Array.from({ length: counts[index]! }, (_, k) => ({ value, at: (k + 0.5) / counts[index]! })),
  );
  places.sort((a, b) => a.at - b.at);
  for (const { value } of places) yield value;
  return undefined;
}

function withSites(shapes: readonly Omit<QueueShape, 'sites'>[]): QueueShape[] {
  const everywhere = Array.from({ length: SITES }, (_, index) => siteName(index));
  const others = shapes.filter(({ group }) => group !== 'simulation').length;
  const perQueue = NAMED_BY_OTHERS.reduce((sum, queues) => sum + queues, 0) / 232;
  const named = dealt(
    NAMED_BY_OTHERS.map((queues, index) => [siteName(index), queues] as const),
    Math.ceil(others * perQueue),
  );
  let owed = 0;
  return shapes.map((shape) => {
    if (shape.group === 'simulation') return { ...shape, sites: everywhere };
    owed += perQueue;
    const sites = new Set<string>();
    for (; owed >= 1; owed -= 1) sites.add(named.next().value ?? siteName(0));
    return { ...shape, sites: [...sites] };
  });
}
