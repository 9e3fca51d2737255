import { join, resolve } from 'node:path';
import { ApiError, type Client, routes } from '@pilotfish/api-contract';
import type { CliContext, Registration } from '../cli-context.ts';
import { collectJobIds } from '../job-ids.ts';
import { reportError } from '../report-error.ts';
import { retryUnanswered, SHORT_PAUSES } from '../retry.ts';
import { unpackSandbox } from '../sandbox/unpack.ts';
import { openSession } from '../session.ts';

const TIMEOUT_MS = 600_000;

export const output: Registration = (program, context) => {
  const command = program
    .command('output')
    .description('Fetch the output files of jobs, each into a folder named by its id')
    .argument('<id...>', 'jobs: 7, 7,9 or 7-12', collectJobIds)
    .option('-D, --dir <folder>', 'where to make the folders', '.')
    .action(async (ids: readonly number[], { dir }: { dir: string }) => {
      const { client, out } = await openSession(context, command);
      const fetched: Fetched[] = [];
      for (const id of ids) {
        const one = await fetchOne(context, client, id, resolve(context.cwd, dir));
        if (one === undefined) continue;
        fetched.push(one);
        if (!out.form.json) out.outcome(one, one.folder, sentence(one));
      }
      if (out.form.json) out.json({ outputs: fetched });
    });
};

interface Fetched {
  readonly id: number;
  readonly folder: string;
  readonly files: readonly string[];
}

/** Undefined when the service has none, which is said and doesn't keep the others from being fetched. */
async function fetchOne(context: CliContext, client: Client, id: number, dir: string): Promise<Fetched | undefined> {
  const call = () => client.bytes(routes.jobOutput, { params: { id: String(id) }, timeoutMs: TIMEOUT_MS });
  try {
    const archive = await retryUnanswered(call, SHORT_PAUSES, context.sleep);
    const folder = join(dir, String(id));
    return { id, folder, files: await unpackSandbox(archive, folder) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.status === 401) throw error;
    const detail = `job ${id}: ${error.problem.detail}`;
    context.endWith(reportError(new ApiError({ ...error.problem, detail }), context));
    return undefined;
  }
}

function sentence({ id, folder, files }: Fetched): string {
  return `job ${id}: ${files.length} ${files.length === 1 ? 'file' : 'files'} in ${folder}`;
}
