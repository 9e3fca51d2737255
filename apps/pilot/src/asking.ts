// Keeps one ask open while there is room, and offers room that comes free at once. An ask whose answer was lost or cut
// off is said again under its own id, without waiting, before a new one is made: so no attempt it brought is lost.
import { randomUUID } from 'node:crypto';
import { type Assignment, type Client, workerRoutes } from '@pilotfish/api-contract';
import type { Resources } from '@pilotfish/model';
import { backoffMs, isPassing, type Log, pause } from '@pilotfish/worker-kit';
import { messageOf } from './node-fault.ts';
import type { Pool } from './pool.ts';

const HOLD_S = 25;
const MARGIN_MS = 10_000;
/** A young ask is probably being answered just now; cutting it off would cost more than it brings. */
const SETTLE_MS = 50;
/** Jobs that end together are offered together. */
const COALESCE_MS = 5;
const MAX_LIMIT = 1024;
const MAX_BACKOFF_MS = 10_000;

export interface AskingParts {
  readonly client: Client;
  readonly pilotId: string;
  readonly pool: Pool;
  readonly platforms: readonly string[];
  readonly log: Log;
  readonly accept: (assignments: readonly Assignment[]) => void;
}

type Answer =
  | { readonly kind: 'assigned'; readonly assignments: readonly Assignment[] }
  | { readonly kind: 'cut' }
  | { readonly kind: 'unanswered' }
  | { readonly kind: 'refused'; readonly reason: string };

interface HeldAsk {
  readonly abort: AbortController;
  readonly since: number;
  cutting?: NodeJS.Timeout;
}

export class Asking {
  readonly #parts: AskingParts;
  readonly #closed = new AbortController();
  #draining = false;
  #refusals = 0;
  #wake: () => void = () => undefined;
  #held: HeldAsk | undefined;

  constructor(parts: AskingParts) {
    this.#parts = parts;
    parts.pool.onFreed(() => this.#roomChanged());
  }

  /** Resolves after `close`. */
  async run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      const free = this.#parts.pool.free();
      if (this.#draining || free.processors < 1) await new Promise<void>((resolve) => (this.#wake = resolve));
      else await this.#ask(free);
    }
  }

  drain(draining: boolean): void {
    if (draining === this.#draining) return;
    this.#draining = draining;
    this.#wake();
    if (draining) this.#held?.abort.abort();
  }

  /** Asks no more; an answer that is on its way is not taken. */
  close(): void {
    this.#closed.abort();
    this.#held?.abort.abort();
    this.#wake();
  }

  #roomChanged(): void {
    this.#wake();
    const held = this.#held;
    if (held === undefined || held.cutting !== undefined) return;
    const age = performance.now() - held.since;
    held.cutting = setTimeout(() => held.abort.abort(), Math.max(COALESCE_MS, SETTLE_MS - age));
  }

  async #ask(free: Resources): Promise<void> {
    const askId = randomUUID();
    let answer = await this.#hold(askId, free);
    for (let tries = 1; answer.kind === 'cut' || answer.kind === 'unanswered'; tries += 1) {
      if (answer.kind === 'unanswered') await pause(backoffMs(tries, MAX_BACKOFF_MS), this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      answer = await this.#send(askId, free, 0, this.#closed.signal);
    }
    if (answer.kind === 'assigned') {
      this.#refusals = 0;
      if (!this.#closed.signal.aborted) this.#parts.accept(answer.assignments);
      return;
    }
    this.#refusals += 1;
    this.#parts.log.warn('ask refused', { reason: answer.reason });
    await pause(backoffMs(this.#refusals, 30_000), this.#closed.signal);
  }

  async #hold(askId: string, free: Resources): Promise<Answer> {
    const held: HeldAsk = { abort: new AbortController(), since: performance.now() };
    this.#held = held;
    try {
      return await this.#send(askId, free, HOLD_S, held.abort.signal);
    } finally {
      clearTimeout(held.cutting);
      this.#held = undefined;
    }
  }

  async #send(askId: string, free: Resources, waitS: number, signal: AbortSignal): Promise<Answer> {
    const { client, pilotId, pool, platforms } = this.#parts;
    const limit = Math.min(free.processors, MAX_LIMIT);
    const body = { askId, total: pool.total, free, platforms: [...platforms], limit, waitS };
    try {
      const timeoutMs = waitS * 1000 + MARGIN_MS;
      const reply = await client.call(workerRoutes.ask, { params: { pilotId }, body, signal, timeoutMs });
      return { kind: 'assigned', assignments: workerRoutes.ask.reply.parse(reply).assignments };
    } catch (error) {
      if (signal.aborted) return { kind: 'cut' };
      return isPassing(error) ? { kind: 'unanswered' } : { kind: 'refused', reason: messageOf(error) };
    }
  }
}
