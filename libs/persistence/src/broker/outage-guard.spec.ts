import { EventEmitter } from 'node:events';
import { LogBook } from '@pilotfish/test-kit';
import { expect, test } from 'vitest';
import type { BullWorker } from './backing.ts';
import { OutageGuard } from './outage-guard.ts';

/** Fetches again at once after every error, as BullMQ's worker does, until it is paused. */
class HotWorker extends EventEmitter {
  paused = false;
  fetches = 0;
  store = { isAway: true };

  run(): void {
    this.fetches++;
    if (this.store.isAway) this.emit('error', new Error('relation "job" does not exist'));
    if (!this.paused && this.store.isAway) setImmediate(() => this.run());
  }

  async pause(): Promise<void> {
    this.paused = true;
  }

  async resume(): Promise<void> {
    this.paused = false;
    this.run();
  }

  async close(): Promise<void> {}
}

test('a worker that would fetch without a pause rests until the store is mended, and it is told once', async () => {
  const log = new LogBook();
  const workers = [new HotWorker(), new HotWorker()];
  let restores = 0;
  const restore = async () => {
    if (++restores < 3) throw new Error('still away');
    for (const worker of workers) worker.store.isAway = false;
  };
  const guard = new OutageGuard({ restore, log, checkEveryMs: 60_000 });
  for (const worker of workers) guard.watch(worker as unknown as BullWorker);
  for (const worker of workers) worker.run();
  expect(workers.every((worker) => worker.paused)).toBe(true);
  await expect.poll(() => workers.some((worker) => worker.paused), { timeout: 10_000 }).toBe(false);
  expect(restores).toBe(3);
  expect(workers.map((worker) => worker.fetches)).toEqual([2, 2]);
  expect(log.lines).toHaveLength(1);
  await guard.close();
});
