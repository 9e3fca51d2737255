// `wms bench match`: whole asks over HTTP, one job each, durable; and beside them empty asks, bare claims and bare HTTP.
import { type Asks, driveAsks } from './asks.ts';
import { bareClaims, bareHttp } from './baselines.ts';
import { startFleet } from './bench-fleet.ts';
import { type Figures, perSecond, ratio } from './bench-report.ts';
import { brokenPromises, Deliveries } from './deliveries.ts';
import { spreadOf } from './quantile.ts';
import type { Stage } from './stage.ts';
import { prepareWorld, type Scale } from './waiting-world.ts';

export interface MatchSettings extends Scale {
  readonly clients: number;
  readonly seconds: number;
}

export const CORES = 128;
/** More asks than one machine of today answers. */
const MOST_ASKS_PER_S = 12_000;
const LONGEST_WARM_UP_MS = 2000;

/** Nodes enough for so many seconds of asks for one core each. */
export function nodesFor(seconds: number, { waiting, clients }: { waiting: number; clients: number }): number {
  return Math.ceil(Math.min(waiting, seconds * MOST_ASKS_PER_S) / CORES) + 2 * clients;
}

export async function match(stage: Stage, settings: MatchSettings, say: (text: string) => void): Promise<Figures> {
  const { clients, seconds } = settings;
  const world = await prepareWorld(stage, settings, say);
  const deliveries = new Deliveries();
  const effort = { clients, ms: seconds * 1000, warmUpMs: Math.min(LONGEST_WARM_UP_MS, seconds * 500) };
  const count = nodesFor(seconds + effort.warmUpMs / 1000, { waiting: world.waiting, clients });
  const fleet = await startFleet(stage, { count, cores: CORES, at: 'sites' });
  await stage.profiler.begin();
  say(`${clients} pilots ask for ${seconds} s`);
  const asks = await driveAsks(stage, { ...effort, fleet }, deliveries);
  await stage.profiler.end();
  const half = { ...effort, ms: effort.ms / 2, warmUpMs: effort.warmUpMs / 2 };
  say('pilots ask where nothing suits');
  const nowhere = await startFleet(stage, { count: clients, cores: CORES, at: 'nowhere' });
  const empty = await driveAsks(stage, { ...half, fleet: nowhere, empty: true }, deliveries);
  const verdict = await verdictOn(stage, deliveries, world.waiting);
  say('the same without matcher and service');
  const http = await bareHttp(stage, half);
  const bare = await bareClaims(stage, half);
  return {
    ...world,
    ...askFigures(asks),
    empty_per_s: perSecond(empty.rate),
    empty_p99_ms: spreadOf(empty.durations).p99_ms,
    ...verdict,
    baseline_claims_per_s: perSecond(bare.rate),
    baseline_http_per_s: perSecond(http.rate),
    matches_to_baseline: ratio(asks.rate, bare.rate),
    empty_to_http: ratio(empty.rate, http.rate),
    cost_per_match: asks.cost,
    cost_per_empty: empty.cost,
    load: asks.load,
  };
}

export function askFigures(asks: Asks): Figures {
  return {
    matches: asks.count,
    matches_per_s: perSecond(asks.rate),
    ...spreadOf(asks.durations),
    in_vain: asks.inVain,
    measured_s: Math.round(asks.seconds * 100) / 100,
  };
}

/** What must be nothing, whatever the speed. */
export async function verdictOn(stage: Stage, deliveries: Deliveries, waiting: number): Promise<Figures> {
  return {
    delivered: deliveries.jobs,
    duplicates: deliveries.duplicates,
    lost: await deliveries.lost(stage.sql),
    broken_invariants: await brokenPromises(stage.operator, waiting),
  };
}
