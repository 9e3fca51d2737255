// What runs the periodic and the slow: loops on a schedule and queues of ids, on BullMQ over PostgreSQL or Redis. It
// owns no truth: delivery is at least once, may overlap between processes, and everything in it may be lost.
import type { Secret } from '@pilotfish/model';
import type { Backing, BrokerLog } from './backing.ts';
import { type IdQueue, idQueue } from './id-queue.ts';
import { Loops } from './loops.ts';
import { OutageGuard } from './outage-guard.ts';
import { postgresBacking } from './postgres-backing.ts';
import { redisBacking } from './redis-backing.ts';
import { within } from './within.ts';

/** Handlers still running after this long are left behind; their work is found again by whoever owns the truth. */
const CLOSE_LIMIT_MS = 6_000;

export interface Broker {
  /**
   * Runs `handler` about every `everyMs` in one of the processes that asked for this name, the first time at once, or
   * when the store is back.
   * Never twice at a time in one process: a round that comes too early is left out. A failed round is logged.
   */
  every(name: string, everyMs: number, handler: () => Promise<void>): Promise<void>;
  /** `attempts` (default 3) with growing pauses; after the last the id is forgotten and the failure logged. */
  queue(
    name: string,
    handler: (id: string) => Promise<void>,
    options: { concurrency: number; attempts?: number },
  ): Promise<IdQueue>;
  /** Takes nothing new, waits a few seconds for what runs, then cuts the connections. */
  close(): Promise<void>;
}

export interface BrokerOptions {
  readonly databaseUrl: Secret;
  /** With it the queues live in Redis, without it in the schema `bullmq` of the database. */
  readonly redisUrl?: Secret | undefined;
  readonly log: BrokerLog;
  /** How often it looks whether its schedules are still there. Default 30 s. */
  readonly checkEveryMs?: number;
}

/** @throws when the database or Redis does not answer. */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const { databaseUrl, redisUrl, log, checkEveryMs = 30_000 } = options;
  const backing = redisUrl ? await redisBacking(redisUrl) : await postgresBacking(databaseUrl);
  return new BullBroker(backing, log, checkEveryMs);
}

class BullBroker implements Broker {
  readonly #backing: Backing;
  readonly #log: BrokerLog;
  readonly #guard: OutageGuard;
  readonly #loops: Loops;
  #closing: Promise<void> | undefined;

  constructor(backing: Backing, log: BrokerLog, checkEveryMs: number) {
    this.#backing = backing;
    this.#log = log;
    this.#guard = new OutageGuard({
      restore: async () => {
        await backing.restore();
        await this.#loops.schedule();
      },
      log,
      checkEveryMs,
    });
    this.#loops = new Loops(backing, this.#guard, log);
  }

  async every(name: string, everyMs: number, handler: () => Promise<void>): Promise<void> {
    await this.#loops.add(name, everyMs, handler);
  }

  async queue(
    name: string,
    handler: (id: string) => Promise<void>,
    options: { concurrency: number; attempts?: number },
  ): Promise<IdQueue> {
    return idQueue(this.#backing, this.#guard, this.#log, { name, handler, attempts: 3, ...options });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await within(this.#guard.close(), CLOSE_LIMIT_MS);
    await within(this.#backing.close(), 1_000);
  }
}
