// Renews the pilot's lease and says which attempts it knows: on time, and within a second of every change.

import type { Instructions } from '@pilotfish/api-contract';
import { type Client, workerRoutes } from '@pilotfish/api-contract';
import { backoffMs, type Log, pause, WORKER_VERSION } from '@pilotfish/worker-kit';
import type { Attempts } from './attempts.ts';
import { messageOf } from './node-fault.ts';
import type { Pool } from './pool.ts';

const LEAST_GAP_MS = 1000;
const TIMEOUT_MS = 10_000;
/** The contract's limit. */
const MAX_ATTEMPTS = 2000;

export interface BeatingParts {
  readonly client: Client;
  readonly pilotId: string;
  readonly beatS: number;
  readonly pool: Pool;
  readonly attempts: Attempts;
  readonly log: Log;
  readonly obey: (instructions: Instructions) => void;
}

export class Beating {
  readonly #parts: BeatingParts;
  readonly #closed = new AbortController();
  #changed = false;
  #failures = 0;
  #wake = new AbortController();

  constructor(parts: BeatingParts) {
    this.#parts = parts;
    parts.attempts.onChange(() => {
      this.#changed = true;
      this.#wake.abort();
    });
  }

  /** Resolves after the first beat that was answered, or after `close`. */
  async first(): Promise<void> {
    while (!this.#closed.signal.aborted && !(await this.#beat())) await this.#wait();
  }

  /** Resolves after `close`. */
  async run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      await this.#wait();
      if (!this.#closed.signal.aborted) await this.#beat();
    }
  }

  close(): void {
    this.#closed.abort();
    this.#wake.abort();
  }

  async #wait(): Promise<void> {
    if (this.#failures > 0) return pause(backoffMs(this.#failures, this.#parts.beatS * 1000), this.#closed.signal);
    await pause(LEAST_GAP_MS, this.#closed.signal);
    if (this.#changed) return;
    this.#wake = new AbortController();
    await pause(Math.max(0, this.#parts.beatS * 1000 - LEAST_GAP_MS), this.#wake.signal);
  }

  async #beat(): Promise<boolean> {
    const { client, pilotId, pool, attempts, log, obey } = this.#parts;
    this.#changed = false;
    const body = {
      version: WORKER_VERSION,
      total: pool.total,
      free: pool.free(),
      attempts: attempts.statuses().slice(0, MAX_ATTEMPTS),
    };
    try {
      obey(await client.call(workerRoutes.beatPilot, { params: { pilotId }, body, timeoutMs: TIMEOUT_MS }));
      this.#failures = 0;
      return true;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === 1) log.warn('beat failed', { reason: messageOf(error) });
      return false;
    }
  }
}
