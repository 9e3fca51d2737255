// `wms bench snapshot`: the rate of matches while somebody holds a transaction open, as a backup or a console query
// does, beside the rate without. What was claimed meanwhile stays in the indexes, dead, for as long as it is open.
import pg from 'pg';
import { driveAsks } from './asks.ts';
import { startFleet } from './bench-fleet.ts';
import { type Figures, perSecond, ratio } from './bench-report.ts';
import { Deliveries } from './deliveries.ts';
import { askFigures, CORES, nodesFor, verdictOn } from './match.ts';
import { spreadOf } from './quantile.ts';
import type { Stage } from './stage.ts';
import { prepareWorld, type Scale } from './waiting-world.ts';

export interface SnapshotSettings extends Scale {
  readonly clients: number;
  /** Without the open transaction. */
  readonly seconds: number;
  /** With it. */
  readonly hold: number;
}

const WARM_UP_MS = 2000;
/** The end of the hold, when most is dead. */
const LAST_S = 10;

export async function snapshot(
  stage: Stage,
  settings: SnapshotSettings,
  say: (text: string) => void,
): Promise<Figures> {
  const { clients, seconds, hold } = settings;
  const world = await prepareWorld(stage, settings, say);
  const deliveries = new Deliveries();
  const count = nodesFor(seconds + hold + (2 * WARM_UP_MS) / 1000, { waiting: world.waiting, clients });
  const fleet = await startFleet(stage, { count, cores: CORES, at: 'sites' });
  say(`${clients} pilots ask for ${seconds} s`);
  const without = await driveAsks(stage, { clients, fleet, ms: seconds * 1000, warmUpMs: WARM_UP_MS }, deliveries);
  say(`a transaction is open; they ask for ${hold} s more`);
  const holder = new pg.Client({ connectionString: stage.databaseUrl.reveal() });
  await holder.connect();
  try {
    await holder.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await holder.query('SELECT count(*) FROM vo');
    await stage.profiler.begin();
    const withIt = await driveAsks(stage, { clients, fleet, ms: hold * 1000, warmUpMs: 0 }, deliveries);
    await stage.profiler.end();
    const last = withIt.perSecond.slice(0, hold).slice(-LAST_S);
    const lastRate = last.reduce((sum, asks) => sum + (asks ?? 0), 0) / last.length;
    return {
      ...world,
      without_snapshot_per_s: perSecond(without.rate),
      with_snapshot_per_s: perSecond(withIt.rate),
      with_snapshot_at_the_end_per_s: perSecond(lastRate),
      with_to_without: ratio(withIt.rate, without.rate),
      at_the_end_to_without: ratio(lastRate, without.rate),
      without: { ...askFigures(without), cost_per_match: without.cost, load: without.load },
      with: { ...spreadOf(withIt.durations), in_vain: withIt.inVain, cost_per_match: withIt.cost, load: withIt.load },
      per_second_with: Array.from(withIt.perSecond, (asks) => asks ?? 0),
      ...(await verdictOn(stage, deliveries, world.waiting)),
    };
  } finally {
    await holder.end();
  }
}
