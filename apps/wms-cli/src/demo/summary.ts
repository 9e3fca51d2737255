// What the demo prints in the end: a table for people, one line for programs.
import { coreSeconds, mostSingleCoreAtOnce, percentile, startLatencies } from './account.ts';
import type { Result } from './performance.ts';

export interface Summary {
  readonly jobs: {
    readonly submitted: number;
    readonly done: number;
    readonly failed: number;
    readonly refused: number;
  };
  readonly vms: { readonly started: number; readonly left: number };
  readonly core_seconds: { readonly used: number; readonly idle: number };
  /** Submission to payload start on a warm pilot. */
  readonly start_latency_ms: { readonly p50: number | null; readonly p95: number | null };
  /** The same for all jobs, waiting for a free core and for VMs to boot included. */
  readonly queue_wait_ms: { readonly p50: number | null; readonly p95: number | null };
  readonly single_core_at_once: number;
  readonly wall_s: number;
  readonly invariants: readonly string[];
  readonly picture: string;
}

export function summarise(result: Result, wallS: number, leftovers: readonly string[]): Summary {
  const { jobs, vms } = result.account;
  const count = (state: string) => jobs.filter((job) => job.state === state).length;
  const probes = startLatencies(jobs.filter(({ id }) => result.probes.includes(id)));
  const all = startLatencies(jobs);
  return {
    jobs: { submitted: jobs.length, done: count('Done'), failed: count('Failed'), refused: 1 },
    vms: { started: vms.length, left: vms.filter(({ endedAt }) => endedAt === null).length },
    core_seconds: coreSeconds(result.account),
    start_latency_ms: { p50: percentile(probes, 50), p95: percentile(probes, 95) },
    queue_wait_ms: { p50: percentile(all, 50), p95: percentile(all, 95) },
    single_core_at_once: mostSingleCoreAtOnce(result.account),
    wall_s: Math.round(wallS * 10) / 10,
    invariants: [...result.broken, ...unexpected(result), ...leftovers],
    picture: result.picture,
  };
}

/** All end well but the one that is made to fail. */
function unexpected({ account, submitted }: Result): string[] {
  return account.jobs.flatMap(({ id, name, state, minor, exitCode }) => {
    const wanted = id === submitted.failing ? state === 'Failed' && exitCode === 7 : state === 'Done';
    return wanted ? [] : [`job ${id} (${name}) ended as ${state}: ${minor}`];
  });
}

export function summaryText(summary: Summary): string {
  const { jobs, vms, core_seconds: cores, start_latency_ms: warm, queue_wait_ms: wait, invariants } = summary;
  const ms = (value: number | null) => (value === null ? '–' : `${value} ms`);
  const share = cores.used + cores.idle === 0 ? 0 : Math.round((100 * cores.used) / (cores.used + cores.idle));
  const rows = [
    [
      'jobs',
      `${jobs.submitted} submitted: ${jobs.done} Done, ${jobs.failed} Failed (on purpose: 1); ${jobs.refused} refused at submission`,
    ],
    [
      'VMs',
      `${vms.started} started, ${vms.left} left; up to ${summary.single_core_at_once} single-core jobs at once on one`,
    ],
    ['core-seconds', `${cores.used} used, ${cores.idle} idle (${share} % used)`],
    ['start, warm pilot', `p50 ${ms(warm.p50)}, p95 ${ms(warm.p95)} after submission`],
    ['start, all jobs', `p50 ${ms(wait.p50)}, p95 ${ms(wait.p95)}, waiting for cores and boots included`],
    ['wall time', `${summary.wall_s} s`],
    ['invariants', invariants.length === 0 ? 'all hold' : `BROKEN: ${invariants.join('; ')}`],
    ['picture', summary.picture],
  ] as const;
  return rows.map(([name, value]) => `  ${name.padEnd(18)} ${value}`).join('\n');
}
