// Waits for jobs to end. One after the other is enough, since all must end; a restart of the service is sat out.
import { type Client, isFinalState, type JobDetail, routes } from '@pilotfish/api-contract';
import type { CliContext } from './cli-context.ts';
import { LONG_PAUSES, retryUnanswered } from './retry.ts';

const HELD_S = 30;

export interface Waiting {
  /** Seconds for all of them together. */
  readonly timeoutS: number | undefined;
  readonly ended: (job: JobDetail) => void;
}

/** The ended jobs; fewer than asked for when the time ran out. */
export async function awaitJobs(
  client: Client,
  ids: readonly number[],
  { timeoutS, ended }: Waiting,
  { now, sleep }: Pick<CliContext, 'now' | 'sleep'>,
): Promise<JobDetail[]> {
  const deadline = timeoutS === undefined ? Number.POSITIVE_INFINITY : now().getTime() + timeoutS * 1000;
  const jobs: JobDetail[] = [];
  for (const id of ids) {
    const job = await untilFinal(client, id, deadline, { now, sleep });
    if (job === undefined) break;
    jobs.push(job);
    ended(job);
  }
  return jobs;
}

async function untilFinal(
  client: Client,
  id: number,
  deadline: number,
  { now, sleep }: Pick<CliContext, 'now' | 'sleep'>,
): Promise<JobDetail | undefined> {
  for (;;) {
    const asked = now().getTime();
    const waitS = Math.max(0, Math.min(HELD_S, Math.ceil((deadline - asked) / 1000)));
    const query = { waitS, until: 'final' } as const;
    const timeoutMs = (waitS + 30) * 1000;
    const call = () => client.call(routes.showJob, { params: { id: String(id) }, query, timeoutMs });
    const job = await retryUnanswered(call, LONG_PAUSES, sleep);
    if (isFinalState(job.state)) return job;
    if (now().getTime() >= deadline) return undefined;
    // A service that doesn't hold the call mustn't be hammered.
    if (now().getTime() - asked < 250) await sleep(Math.min(500, deadline - now().getTime()));
  }
}
