// BullMQ remembers for good when a queue failed to reach its store as it was made, and else waits for it without end.
// So a queue counts only once it is ready, a failed one is made anew, and nobody waits for it longer than a while.
import { WmsError } from '@pilotfish/model';
import type { Backing, BullQueue } from './backing.ts';
import type { OutageGuard } from './outage-guard.ts';

const WAIT_LIMIT_MS = 5_000;

/** How to get the queue `name`. It throws while the store is away. */
export function readyQueue(backing: Backing, guard: OutageGuard, name: string): () => Promise<BullQueue> {
  let opened: Promise<BullQueue> | undefined;
  async function open(): Promise<BullQueue> {
    const queue = backing.queue(name);
    queue.on('error', (error) => guard.report(error));
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      opened = undefined;
      void queue.close().catch(() => undefined);
      throw error;
    }
  }
  return () => {
    opened ??= open();
    return limited(opened);
  };
}

async function limited<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new WmsError('unavailable', 'The broker does not answer.')), WAIT_LIMIT_MS);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
