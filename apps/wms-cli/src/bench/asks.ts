// So many pilots asking for one job at a time, each filling its node and going on with the next empty one.
import { AskingNode } from './asking-node.ts';
import type { BenchFleet } from './bench-fleet.ts';
import type { Deliveries } from './deliveries.ts';
import { type Driven, drive } from './drive.ts';
import { KeptConnection } from './kept-connection.ts';
import { type Cost, costOf, type Load, loadOf, type Reading, readMeter } from './meter.ts';
import type { Stage } from './stage.ts';

export interface AskOptions {
  readonly clients: number;
  readonly warmUpMs: number;
  readonly ms: number;
  readonly fleet: BenchFleet;
  /** Empty answers are what is measured, and no node is left because of one. */
  readonly empty?: boolean;
}

export interface Asks extends Driven {
  /** Answers without a job, though jobs wait that the node suits. */
  readonly inVain: number;
  readonly cost: Cost;
  readonly load: Load;
}

/** Answers in vain on one node, one after the other, until it is taken to suit nothing that waits. */
const MOST_IN_VAIN = 3;

export async function driveAsks(stage: Stage, options: AskOptions, deliveries: Deliveries): Promise<Asks> {
  const { clients, fleet, empty = false } = options;
  const lines = await Promise.all(Array.from({ length: clients }, () => KeptConnection.open(stage.url)));
  const pilots = lines.map((line) => new PilotLine(line, fleet, stage.url));
  let [inVain, from] = [0, undefined as Reading | undefined];
  try {
    const driven = await drive({
      ...options,
      begin: async () => {
        from = await readMeter(stage);
        inVain = 0;
      },
      act: async (client) => {
        const pilot = pilots[client]!;
        const node = await pilot.node();
        if (node === undefined) return 'over';
        const { ms, assignments } = await node.ask(1);
        deliveries.add(assignments);
        if (empty) return ms;
        pilot.note(assignments.length);
        if (assignments.length > 0) return ms;
        inVain += 1;
        return 'uncounted';
      },
    });
    const to = await readMeter(stage);
    return { ...driven, inVain, cost: costOf(from!, to, driven.count), load: loadOf(from!, to, stage) };
  } finally {
    for (const line of lines) line.close();
  }
}

class PilotLine {
  readonly #connection: KeptConnection;
  readonly #fleet: BenchFleet;
  readonly #url: string;
  #node: AskingNode | undefined;
  #inVain = 0;

  constructor(connection: KeptConnection, fleet: BenchFleet, url: string) {
    this.#connection = connection;
    this.#fleet = fleet;
    this.#url = url;
  }

  /** One with room; undefined when the fleet is used up. */
  async node(): Promise<AskingNode | undefined> {
    if (this.#node === undefined || this.#node.free === 0 || this.#inVain >= MOST_IN_VAIN) {
      this.#node = await AskingNode.next(this.#fleet, this.#connection, this.#url);
      this.#inVain = 0;
    }
    return this.#node;
  }

  note(jobs: number): void {
    this.#inVain = jobs > 0 ? 0 : this.#inVain + 1;
  }
}
