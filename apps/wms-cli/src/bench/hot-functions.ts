// Reads a processor profile of V8: which functions took the time themselves, and in which calls it went.
import { rounded } from './quantile.ts';

/** Chrome DevTools Protocol, Profiler.Profile. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** In milliseconds of the monotonic clock. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface HotFunctions {
  /** Of the stretch. */
  readonly busy_share: number;
  /** Of the busy time, in the function itself. */
  readonly self: readonly string[];
  /** Of the busy time, in the function and all it called. */
  readonly inclusive: readonly string[];
}

const MOST = 40;
const IDLE = '(idle) ';

export function hotFunctions(profile: CpuProfile, { from, to }: Stretch): HotFunctions {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const parents = new Map(profile.nodes.flatMap(({ id, children }) => (children ?? []).map((child) => [child, id])));
  const [self, inclusive] = [new Map<string, number>(), new Map<string, number>()];
  let at = profile.startTime / 1000;
  let total = 0;
  for (const [index, id] of profile.samples.entries()) {
    const ms = (profile.timeDeltas[index] ?? 0) / 1000;
    at += ms;
    if (at < from || at > to) continue;
    total += ms;
    add(self, names.get(id)!, ms);
    const onStack = new Set<string>();
    for (let node: number | undefined = id; node !== undefined; node = parents.get(node)) onStack.add(names.get(node)!);
    for (const name of onStack) add(inclusive, name, ms);
  }
  const idle = self.get(IDLE) ?? 0;
  return {
    busy_share: rounded(1 - idle / total, 3),
    self: hottest(self, total - idle),
    inclusive: hottest(inclusive, total - idle),
  };
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = /node_modules\/(.*)$/.exec(url)?.[1] ?? url.split('/').slice(-2).join('/');
  return `${functionName || '(anonymous)'} ${place === '' ? '' : `${place}:${lineNumber + 1}`}`;
}

function add(times: Map<string, number>, name: string, ms: number): void {
  times.set(name, (times.get(name) ?? 0) + ms);
}

function hottest(times: ReadonlyMap<string, number>, busy: number): string[] {
  return [...times]
    .filter(([name]) => name !== IDLE && name !== '(root) ')
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([name, ms]) => `${((100 * ms) / busy).toFixed(1)} % ${name.trim()}`);
}
