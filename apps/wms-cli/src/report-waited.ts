// Follows jobs to their end for `wait` and `submit --wait`: says how each ended and sets the exit status.
import type { Client, JobDetail } from '@pilotfish/api-contract';
import { awaitJobs } from './await-jobs.ts';
import type { CliContext } from './cli-context.ts';
import { EXIT, jobExitStatus } from './exit-status.ts';
import type { Printer } from './output/printer.ts';
import { tsv } from './output/tsv.ts';

/** The jobs that ended; nothing is printed with --json, that is the caller's. */
export async function reportWaited(
  context: CliContext,
  { client, out }: { readonly client: Client; readonly out: Printer },
  ids: readonly number[],
  timeoutS: number | undefined,
): Promise<JobDetail[]> {
  const ended = (job: JobDetail) => {
    context.endWith(jobExitStatus(job));
    if (!out.form.json && !out.form.quiet) out.text(out.forPeople ? `${sentence(job)}\n` : line(job));
  };
  const jobs = await awaitJobs(client, ids, { timeoutS, ended }, context);
  if (jobs.length < ids.length) {
    out.warn(`error: ${ids.length - jobs.length} of ${ids.length} jobs had not ended after ${timeoutS} s`);
    context.endWith(EXIT.timedOut);
  }
  return jobs;
}

function sentence({ id, state, minor, exitCode }: JobDetail): string {
  const code = exitCode === null || state === 'Done' ? '' : `, exit code ${exitCode}`;
  return `job ${id}: ${state}${state === 'Done' || !minor ? '' : ` (${minor}${code})`}`;
}

function line(job: JobDetail): string {
  return tsv(
    [job],
    [
      { title: 'ID', value: ({ id }) => id },
      { title: 'STATE', value: ({ state }) => state },
      { title: 'EXIT', value: ({ exitCode }) => exitCode },
    ],
  );
}
