// One node of the bench: offers what it has free over a connection that stays open, and keeps count of what it got.
import { randomUUID } from 'node:crypto';
import { API_PREFIX, type Assignment, routes } from '@pilotfish/api-contract';
import type { BenchFleet, Node } from './bench-fleet.ts';
import { httpRequest, type KeptConnection } from './kept-connection.ts';

export interface Answered {
  /** ms from the request's first byte to the answer's last. */
  readonly ms: number;
  readonly assignments: readonly Assignment[];
}

export class AskingNode {
  readonly #node: Node;
  readonly #connection: KeptConnection;
  readonly #token: string;
  readonly #host: string;
  #free: number;

  private constructor(node: Node, connection: KeptConnection, token: string, host: string) {
    this.#node = node;
    this.#connection = connection;
    this.#token = token;
    this.#host = host;
    this.#free = node.total.processors;
  }

  /** The next unused node of the fleet, logged in; undefined when all are used. */
  static async next(fleet: BenchFleet, connection: KeptConnection, url: string): Promise<AskingNode | undefined> {
    const node = fleet.take();
    if (node === undefined) return undefined;
    return new AskingNode(node, connection, await fleet.token(node, connection), new URL(url).host);
  }

  get free(): number {
    return this.#free;
  }

  /** @throws Error when the service answers with anything but jobs. */
  async ask(limit: number, waitS = 0): Promise<Answered> {
    const { pilotId, total, platforms } = this.#node;
    const share = this.#free / total.processors;
    const free = { ...total, processors: this.#free, memoryMb: Math.floor(total.memoryMb * share) };
    const request = httpRequest({
      method: 'POST',
      path: `${API_PREFIX}${routes.ask.path.replace(':pilotId', pilotId)}`,
      host: this.#host,
      token: this.#token,
      body: { askId: randomUUID(), total, free, platforms, limit, waitS },
    });
    const sent = performance.now();
    const { status, body } = await this.#connection.send(request);
    const ms = performance.now() - sent;
    if (status !== routes.ask.status) throw new Error(`an ask was answered with ${status}: ${body.slice(0, 500)}`);
    const { assignments } = JSON.parse(body) as { assignments: readonly Assignment[] };
    this.#free -= assignments.reduce((sum, { granted }) => sum + granted.processors, 0);
    return { ms, assignments };
  }
}
