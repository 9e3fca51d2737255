// Submission: refuse what nothing configured could ever run, then store the jobs and put them into their queues.
import { couldEverRun, type Refusal } from '@pilotfish/matcher';
import { type JobId, type Offer, WmsError } from '@pilotfish/model';
import type { JobStore, NewJob, Receipt } from './job-store.ts';

/** Everything of a new job but its id; `withId` puts the id where the description says `%j`. */
export interface Submission {
  readonly job: Omit<NewJob, 'id' | 'payload'>;
  readonly payload: (id: JobId) => NewJob['payload'];
  /** Name for error pointers, e.g. `#/sweep/3`. */
  readonly pointer: string;
}

export interface SubmitDeps {
  readonly jobs: JobStore;
  /** An empty node of every profile of the VO at each of its endpoints. */
  readonly capacityOffers: (vo: string) => Promise<readonly Offer[]>;
  /** Called after the commit. */
  readonly announce: () => void;
}

/** One per item: the ids of its jobs in order, or why the whole item is refused. */
export type SubmitResult = readonly JobId[] | WmsError;

/**
 * Each item (a job, or the members of a sweep) is taken or refused as a whole; all that are taken are stored in one
 * transaction, and with them the receipt.
 */
export async function submit(
  deps: SubmitDeps,
  items: readonly (readonly Submission[])[],
  source: string,
  receiptOf?: (results: readonly SubmitResult[]) => Receipt | undefined,
): Promise<readonly SubmitResult[]> {
  const vos = new Set(items.flat().map(({ job }) => job.vo));
  const offers = (await Promise.all([...vos].map(deps.capacityOffers))).flat();
  const refused = items.map((item) => refusal(item, offers));
  const taken = items.filter((_, index) => refused[index] === undefined).flat();
  const ids = await deps.jobs.reserveIds(taken.length);
  const jobs = taken.map(({ job, payload }, index) => ({ ...job, id: ids[index]!, payload: payload(ids[index]!) }));
  let next = 0;
  const results = items.map((item, index) => {
    if (refused[index] !== undefined) return refused[index];
    next += item.length;
    return ids.slice(next - item.length, next);
  });
  await deps.jobs.insert(jobs, source, receiptOf?.(results));
  if (jobs.length > 0) deps.announce();
  return results;
}

/** Members of a sweep mostly share their needs: each distinct need is asked once. */
function refusal(item: readonly Submission[], offers: readonly Offer[]): WmsError | undefined {
  const asked = new Map<string, { pointer: string; refusals: readonly Refusal[] }>();
  for (const { job, pointer } of item) {
    if (!asked.has(job.requirementsKey))
      asked.set(job.requirementsKey, { pointer, refusals: couldEverRun(job, offers) });
  }
  const flaws = [...asked.values()].flatMap(({ pointer, refusals }) =>
    refusals.map(({ where, mismatches }) => ({
      pointer,
      detail: `${where}: ${mismatches.map(({ reason }) => reason).join('; ')}`,
    })),
  );
  if (flaws.length === 0) return undefined;
  return new WmsError(
    'can-never-run',
    `nothing configured for VO ${item[0]!.job.vo} could ever run this job; ask for less, or ask a VO administrator for a larger profile`,
    flaws,
  );
}
