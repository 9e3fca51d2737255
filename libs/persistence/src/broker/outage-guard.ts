// Keeps a broken store from becoming a busy loop: BullMQ's workers fetch again at once after most errors. The first
// error puts all workers to rest; with growing pauses the store is mended and asked, and then they go on.
import type { BrokerLog, BullWorker } from './backing.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
/** Errors closer together than this are one outage: told once, with pauses that go on growing. */
const CALM_MS = 10_000;

export interface OutageGuardOptions {
  /** Mends and asks the store; rejects while it is away. */
  readonly restore: () => Promise<void>;
  readonly log: BrokerLog;
  readonly checkEveryMs: number;
}

export class OutageGuard {
  readonly #options: OutageGuardOptions;
  readonly #workers: BullWorker[] = [];
  readonly #check: NodeJS.Timeout;
  #pauseMs = FIRST_PAUSE_MS;
  #attempt: NodeJS.Timeout | undefined;
  #calm: NodeJS.Timeout | undefined;
  #resting = false;
  #told = false;
  #closed = false;

  constructor(options: OutageGuardOptions) {
    this.#options = options;
    this.#check = setInterval(() => void this.#checkUp(), options.checkEveryMs);
    this.#check.unref();
  }

  watch(worker: BullWorker): void {
    this.#workers.push(worker);
    worker.on('error', (error) => this.report(error));
  }

  report(error: Error): void {
    if (this.#closed) return;
    clearTimeout(this.#calm);
    if (!this.#told) {
      this.#told = true;
      this.#options.log.warn(
        { error: reasonOf(error) },
        'the broker is in trouble; loops and queues rest until it is back',
      );
    }
    // Also the workers that came since; pausing twice is nothing.
    for (const worker of this.#workers) void worker.pause(true);
    if (this.#resting) return;
    this.#resting = true;
    this.#later();
  }

  /** Ends the workers; what they run gets to its end. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#check);
    clearTimeout(this.#attempt);
    clearTimeout(this.#calm);
    await Promise.allSettled(this.#workers.map((worker) => worker.close()));
  }

  #later(): void {
    this.#attempt = setTimeout(() => void this.#recover(), this.#pauseMs);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  async #recover(): Promise<void> {
    try {
      await this.#options.restore();
    } catch {
      if (!this.#closed) this.#later();
      return;
    }
    if (this.#closed) return;
    this.#resting = false;
    this.#calm = setTimeout(() => this.#over(), CALM_MS);
    this.#calm.unref();
    for (const worker of this.#workers) void worker.resume();
  }

  #over(): void {
    this.#told = false;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#options.log.info({}, 'the broker is well again');
  }

  async #checkUp(): Promise<void> {
    if (this.#resting) return;
    await this.#options.restore().catch((error: Error) => this.report(error));
  }
}

/** A refused connection comes as an AggregateError without words. */
function reasonOf(error: Error & { code?: unknown }): string {
  return error.message || String(error.code ?? error.name);
}
