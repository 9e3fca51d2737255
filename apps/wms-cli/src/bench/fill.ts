// `wms bench fill`: an empty node offers all its cores; how long until so many single-core jobs have been delivered?
import { AskingNode } from './asking-node.ts';
import { startFleet } from './bench-fleet.ts';
import type { Figures } from './bench-report.ts';
import { Deliveries } from './deliveries.ts';
import { KeptConnection } from './kept-connection.ts';
import { verdictOn } from './match.ts';
import { costOf, loadOf, readMeter } from './meter.ts';
import { quantile, rounded, spreadOf } from './quantile.ts';
import type { Stage } from './stage.ts';
import { prepareWorld, type Scale } from './waiting-world.ts';

export interface FillSettings extends Scale {
  readonly cores: number;
  readonly nodes: number;
}

/** Nodes before the first that counts. */
const WARM_UP = 3;
/** Asks after which a node that is not full counts as one that stays so. */
const MOST_ASKS = 20;

export async function fill(stage: Stage, settings: FillSettings, say: (text: string) => void): Promise<Figures> {
  const { cores, nodes } = settings;
  const world = await prepareWorld(stage, settings, say);
  const fleet = await startFleet(stage, { count: nodes + WARM_UP, cores, at: 'sites' });
  const connection = await KeptConnection.open(stage.url);
  const deliveries = new Deliveries();
  const filled: Filled[] = [];
  try {
    for (let node = 0; node < WARM_UP; node++) await fillNext();
    await stage.profiler.begin();
    say(`${nodes} empty nodes of ${cores} cores ask, one after the other`);
    const from = await readMeter(stage);
    for (let node = 0; node < nodes; node++) filled.push(await fillNext());
    const to = await readMeter(stage);
    await stage.profiler.end();
    const times = filled.map(({ ms }) => ms).sort((a, b) => a - b);
    return {
      ...world,
      cores,
      nodes,
      seconds_to_full: rounded(quantile(times, 0.5) / 1000, 4),
      ...spreadOf(times),
      busy_cores: Math.min(...filled.map(({ busy }) => busy)),
      asks_per_node: rounded(filled.reduce((sum, { asks }) => sum + asks, 0) / nodes, 2),
      ...(await verdictOn(stage, deliveries, world.waiting)),
      cost_per_node: costOf(from, to, nodes),
      load: loadOf(from, to, stage),
    };
  } finally {
    connection.close();
  }

  async function fillNext(): Promise<Filled> {
    const node = (await AskingNode.next(fleet, connection, stage.url))!;
    const begun = performance.now();
    let [asks, busy, ms] = [0, 0, 0];
    while (busy < cores && asks < MOST_ASKS) {
      const { assignments } = await node.ask(cores - busy);
      deliveries.add(assignments);
      asks += 1;
      busy = cores - node.free;
      if (assignments.length > 0) ms = performance.now() - begun;
    }
    return { asks, busy, ms };
  }
}

interface Filled {
  readonly asks: number;
  readonly busy: number;
  /** Until the last of its jobs was delivered. */
  readonly ms: number;
}
