// The periodic: one BullMQ queue with a job scheduler per loop and one worker for all of them.
import type { Backing, BrokerLog, BullQueue, BullWorker } from './backing.ts';
import type { OutageGuard } from './outage-guard.ts';
import { readyQueue } from './ready-queue.ts';

export const LOOPS_QUEUE = 'loops';
/** BullMQ's answers when another process has just scheduled the same rounds (ErrorCode SchedulerJob…). */
const SCHEDULED_ALREADY = [-10, -11];

interface Loop {
  readonly everyMs: number;
  readonly handler: () => Promise<void>;
}

export class Loops {
  readonly #backing: Backing;
  readonly #guard: OutageGuard;
  readonly #log: BrokerLog;
  readonly #queue: () => Promise<BullQueue>;
  readonly #loops = new Map<string, Loop>();
  readonly #running = new Set<string>();
  #worker: BullWorker | undefined;

  constructor(backing: Backing, guard: OutageGuard, log: BrokerLog) {
    this.#backing = backing;
    this.#guard = guard;
    this.#log = log;
    this.#queue = readyQueue(backing, guard, LOOPS_QUEUE);
  }

  async add(name: string, everyMs: number, handler: () => Promise<void>): Promise<void> {
    if (!(everyMs >= 1)) throw new TypeError(`the loop ${name} needs an interval of at least a millisecond`);
    this.#loops.set(name, { everyMs, handler });
    const worker = this.#openWorker();
    // All may run side by side, with room to see that a round came too early.
    worker.concurrency = this.#loops.size + 1;
    await this.#upsert(name, everyMs).catch((error: Error) => this.#guard.report(error));
  }

  /** Puts back what was lost; the next round of a schedule that is there stays where it is. */
  async schedule(): Promise<void> {
    for (const [name, { everyMs }] of this.#loops) await this.#upsert(name, everyMs);
  }

  async #upsert(name: string, everyMs: number): Promise<void> {
    try {
      const queue = await this.#queue();
      await queue.upsertJobScheduler(encodeURIComponent(name), { every: everyMs }, { name, data: {} });
    } catch (error) {
      if (!SCHEDULED_ALREADY.includes((error as { code?: number }).code ?? 0)) throw error;
    }
  }

  #openWorker(): BullWorker {
    if (this.#worker) return this.#worker;
    const worker = this.#backing.worker(LOOPS_QUEUE, ({ name }) => this.#round(name), 2);
    this.#guard.watch(worker);
    this.#worker = worker;
    return worker;
  }

  async #round(name: string): Promise<void> {
    const loop = this.#loops.get(name);
    // Unknown ones belong to another version of the program, running or gone.
    if (!loop || this.#running.has(name)) return;
    this.#running.add(name);
    try {
      await loop.handler();
    } catch (error) {
      this.#log.error({ loop: name, err: error }, 'a round of a loop failed');
    } finally {
      this.#running.delete(name);
    }
  }
}
