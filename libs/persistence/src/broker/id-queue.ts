// The slow: a queue of ids. The id is also the job's id, so what waits or runs already is not queued twice.
import type { Backing, BrokerLog } from './backing.ts';
import { LOOPS_QUEUE } from './loops.ts';
import type { OutageGuard } from './outage-guard.ts';
import { readyQueue } from './ready-queue.ts';

const FIRST_RETRY_MS = 1_000;

export interface IdQueue {
  /**
   * Has the handler called with `id`, in this process or another. While the id waits, runs or is tried again, adding
   * it once more does nothing; afterwards it may be added again.
   * @throws when the broker is away: the caller's next round adds it.
   */
  add(id: string, options?: { delayMs?: number }): Promise<void>;
}

export interface IdQueueOptions {
  readonly name: string;
  readonly handler: (id: string) => Promise<void>;
  readonly concurrency: number;
  readonly attempts: number;
}

export function idQueue(backing: Backing, guard: OutageGuard, log: BrokerLog, options: IdQueueOptions): IdQueue {
  const { name, handler, concurrency, attempts } = options;
  if (name === LOOPS_QUEUE) throw new TypeError(`the queue name ${LOOPS_QUEUE} is taken by the loops`);
  const queue = readyQueue(backing, guard, name);
  const worker = backing.worker(name, async ({ data }) => handler(data.id ?? ''), concurrency);
  worker.on('failed', (job, error) => {
    if (job && job.attemptsMade < attempts) return;
    log.error({ queue: name, id: job?.data.id, err: error }, 'gave up an item of a queue');
  });
  guard.watch(worker);
  return {
    async add(id, { delayMs = 0 } = {}) {
      const retries = { attempts, backoff: { type: 'exponential', delay: FIRST_RETRY_MS } };
      await (await queue()).add(name, { id }, { ...retries, jobId: jobIdOf(id), delay: delayMs });
    },
  };
}

/** BullMQ refuses ids with a colon and ids that are whole numbers. */
function jobIdOf(id: string): string {
  return `id-${encodeURIComponent(id)}`;
}
