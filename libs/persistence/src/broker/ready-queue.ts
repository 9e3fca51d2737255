// BullMQ remembers for good that a queue did not reach its store when it was made. So a queue counts only once it is
// ready, and until then each use makes a new one.
import type { Backing, BullQueue } from './backing.ts';
import type { OutageGuard } from './outage-guard.ts';

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
      await queue.close().catch(() => undefined);
      throw error;
    }
  }
  return () => {
    opened ??= open();
    return opened;
  };
}
