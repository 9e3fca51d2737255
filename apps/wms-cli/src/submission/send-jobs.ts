// Uploads sandboxes and submits. A call that got no answer is sent again under the same key, so no job is made twice.
import { randomUUID } from 'node:crypto';
import { type Body, type Client, type Reply, routes, type Submitted } from '@pilotfish/api-contract';
import { retryUnanswered, SHORT_PAUSES } from '../retry.ts';
import type { PreparedJob } from './prepare-job.ts';

type Sleep = (ms: number) => Promise<void>;
export type BulkItem = Reply<typeof routes.submitJobs>['items'][number];

const MOST_AT_ONCE = 1000;
const UPLOAD_TIMEOUT_MS = 600_000;

/** Each different sandbox once. */
export async function uploadSandboxes(client: Client, jobs: readonly PreparedJob[], sleep: Sleep): Promise<void> {
  const sandboxes = new Map(
    jobs.flatMap(({ sandbox, description: { vo } }) =>
      sandbox ? [[`${vo} ${sandbox.digest}`, { ...sandbox, vo }] as const] : [],
    ),
  );
  for (const { digest, bytes: body, vo } of sandboxes.values()) {
    const query = vo === undefined ? {} : { vo };
    const upload = () =>
      client.call(routes.putSandbox, { params: { digest }, query, body, timeoutMs: UPLOAD_TIMEOUT_MS });
    await retryUnanswered(upload, SHORT_PAUSES, sleep);
  }
}

export function submitOne(client: Client, { description }: PreparedJob, sleep: Sleep): Promise<Submitted> {
  const idempotencyKey = randomUUID();
  const body: Body<typeof routes.submitJob> = description;
  return retryUnanswered(() => client.call(routes.submitJob, { body, idempotencyKey }), SHORT_PAUSES, sleep);
}

/** One item per description, in order. */
export async function submitMany(client: Client, jobs: readonly PreparedJob[], sleep: Sleep): Promise<BulkItem[]> {
  const items: BulkItem[] = [];
  for (let first = 0; first < jobs.length; first += MOST_AT_ONCE) {
    const body = { jobs: jobs.slice(first, first + MOST_AT_ONCE).map(({ description }) => description) };
    const idempotencyKey = randomUUID();
    const call = () => client.call(routes.submitJobs, { body, idempotencyKey, timeoutMs: 120_000 });
    items.push(...(await retryUnanswered(call, SHORT_PAUSES, sleep)).items);
  }
  return items;
}
