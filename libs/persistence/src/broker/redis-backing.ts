// BullMQ on Redis (or Valkey): one connection for questions, one for all workers, and one per worker that waits.
import type { Secret } from '@pilotfish/model';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type Backing, type BullQueue, type BullWorker, QUEUE_DEFAULTS, WORKER_DEFAULTS } from './backing.ts';

const PREFIX = 'pilotfish';

/** @throws when Redis does not answer. */
export async function redisBacking(url: Secret): Promise<Backing> {
  // Who asks wants to know soon; a worker has nothing better to do than to wait.
  const asking = connectionTo(url, { maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  const working = connectionTo(url, { maxRetriesPerRequest: null });
  const close = async () => {
    asking.disconnect();
    working.disconnect();
  };
  const restore = async () => {
    await asking.ping();
  };
  try {
    await restore();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    queue: (name): BullQueue => new Queue(name, { connection: asking, prefix: PREFIX, ...QUEUE_DEFAULTS }),
    worker: (name, processor, concurrency): BullWorker =>
      new Worker(name, processor, { connection: working, prefix: PREFIX, ...WORKER_DEFAULTS, concurrency }),
    restore,
    close,
  };
}

function connectionTo(url: Secret, options: { maxRetriesPerRequest: number | null; commandTimeout?: number }): Redis {
  const redis = new Redis(url.reveal(), {
    ...options,
    connectionName: 'pilotfish-broker',
    connectTimeout: 10_000,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 2_000),
  });
  // It reconnects by itself; without a listener ioredis prints each failure.
  redis.on('error', () => undefined);
  redis.setMaxListeners(0);
  return redis;
}
