// What the run comes to, from the service's own records, and what of it is not as it should be.
import { type AttemptView, type JobDetail, routes, type VmView } from '@pilotfish/api-contract';
import type { Cast } from './cast.ts';

export interface Account {
  readonly jobs: readonly JobDetail[];
  readonly vms: readonly VmView[];
}

type Ran = AttemptView & { readonly startedAt: string; readonly endedAt: string };

const ms = (instant: string): number => Date.parse(instant);
const ran = (attempt: AttemptView): attempt is Ran => attempt.startedAt !== null && attempt.endedAt !== null;

export async function account({ operator }: Cast, ids: readonly number[]): Promise<Account> {
  const jobs: JobDetail[] = [];
  for (const id of ids) jobs.push(await operator.call(routes.showJob, { params: { id: String(id) }, query: {} }));
  const { vms } = await operator.call(routes.listVms, { query: { all: true } });
  return { jobs, vms };
}

/** Core-seconds held by attempts, and those of living VMs that nothing held. */
export function coreSeconds({ jobs, vms }: Account): { used: number; idle: number } {
  const attempts = jobs.flatMap((job) => job.attempts);
  const held = attempts.reduce((sum, attempt) => {
    const end = attempt.endedAt ?? attempt.claimedAt;
    return sum + (attempt.processors * (ms(end) - ms(attempt.claimedAt))) / 1000;
  }, 0);
  const lived = vms.reduce((sum, { activatedAt, endedAt, capacity }) => {
    if (activatedAt === null || endedAt === null) return sum;
    return sum + (capacity.processors * (ms(endedAt) - ms(activatedAt))) / 1000;
  }, 0);
  return { used: round(held), idle: round(Math.max(0, lived - held)) };
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;

/** Milliseconds from submission to the payload's start, sorted. */
export function startLatencies(jobs: readonly JobDetail[]): number[] {
  return jobs
    .flatMap((job) => (job.startedAt === null ? [] : [ms(job.startedAt) - ms(job.submittedAt)]))
    .sort((a, b) => a - b);
}

/** Nearest-rank percentile of sorted numbers; null of none. */
export function percentile(sorted: readonly number[], p: number): number | null {
  return sorted.length === 0 ? null : sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)]!;
}

/** The most single-core attempts that ran at one time on one VM. */
export function mostSingleCoreAtOnce({ jobs }: Account): number {
  const single = jobs.flatMap((job) => job.attempts.filter(ran).filter(({ processors }) => processors === 1));
  return Math.max(
    0,
    ...single.map(
      (one) =>
        single.filter(
          (other) =>
            other.vmId === one.vmId &&
            ms(other.startedAt) <= ms(one.startedAt) &&
            ms(one.startedAt) < ms(other.endedAt),
        ).length,
    ),
  );
}

/** What only the whole history can show; the service checks its own ledger besides. */
export function brokenRules(found: Account, wholeNode: number): string[] {
  const vmOf = new Map(found.vms.map((vm) => [vm.id, vm]));
  const broken: string[] = [];
  for (const job of found.jobs) {
    for (const { vmId } of job.attempts) {
      if (vmOf.get(vmId)?.vo !== job.vo)
        broken.push(`job ${job.id} of ${job.vo} ran on VM ${vmId} of ${vmOf.get(vmId)?.vo}`);
    }
    const accepted = job.attempts.filter(({ state }) => ['Done', 'Failed', 'Killed'].includes(state)).length;
    if (accepted !== 1) broken.push(`job ${job.id} has ${accepted} accepted ends`);
  }
  const whole = found.jobs.find(({ id }) => id === wholeNode)?.attempts.find(ran);
  const beside = found.jobs.filter(
    ({ id, attempts }) =>
      id !== wholeNode &&
      whole &&
      attempts.some(
        (attempt) =>
          ran(attempt) &&
          attempt.vmId === whole.vmId &&
          ms(attempt.startedAt) < ms(whole.endedAt) &&
          ms(whole.startedAt) < ms(attempt.endedAt),
      ),
  );
  for (const job of beside) broken.push(`job ${job.id} ran beside the whole-node job`);
  for (const vm of found.vms) if (vm.endedAt === null) broken.push(`VM ${vm.id} is left (${vm.state})`);
  return broken;
}
