// What the broker needs of the store behind BullMQ, so that PostgreSQL and Redis differ in one file each.
import type { IQueueBackend, Processor, Queue, Worker } from 'bullmq';

/** Ids only: what an id means stands in the database, and no secret gets into a queue. */
export interface Payload {
  readonly id?: string;
}

export interface BrokerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type BullQueue = Queue<Payload, unknown, string, Payload, unknown, string, IQueueBackend>;
export type BullWorker = Worker<Payload, unknown, string, IQueueBackend>;
export type BullProcessor = Processor<Payload, unknown, string>;

export interface Backing {
  queue(name: string): BullQueue;
  worker(name: string, processor: BullProcessor, concurrency: number): BullWorker;
  /** Makes sure the store answers and has what BullMQ needs in it; rejects while it does not. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Both stores: keep nothing that is over, notice a dead process within half a minute, never sleep long. */
export const QUEUE_DEFAULTS = {
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  streams: { events: { maxLen: 100 } },
};
export const WORKER_DEFAULTS = {
  lockDuration: 20_000,
  stalledInterval: 10_000,
  maxStalledCount: 5,
  drainDelay: 5,
  runRetryDelay: 1_000,
};
