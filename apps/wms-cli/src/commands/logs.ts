import { type Client, type Reply, routes } from '@pilotfish/api-contract';
import type { CliContext, Registration } from '../cli-context.ts';
import { parseJobId } from '../job-ids.ts';
import type { Printer } from '../output/printer.ts';
import { parseWhole } from '../quantity.ts';
import { LONG_PAUSES, retryUnanswered, SHORT_PAUSES } from '../retry.ts';
import { openSession } from '../session.ts';

interface LogsOptions {
  readonly follow?: boolean;
  readonly stderr?: boolean;
  readonly attempt?: number;
}

type Chunk = Reply<typeof routes.jobLog>;

const HELD_S = 30;

export const logs: Registration = (program, context) => {
  const command = program
    .command('logs')
    .description('Print what a job writes to stdout')
    .argument('<id>', 'the job', parseJobId)
    .option('-f, --follow', 'go on until the job ends')
    .option('--stderr', 'what it writes to stderr instead')
    .option('--attempt <n>', 'an earlier attempt (default: the last)', parseWhole)
    .action(async (id: number, options: LogsOptions) => {
      const { client, out } = await openSession(context, command);
      if (options.follow) await follow(context, client, id, options, out);
      else await printNow(context, client, id, options, out);
    });
};

function chunkAt(client: Client, id: number, options: LogsOptions, offset: number, waitS: number): Promise<Chunk> {
  const { attempt } = options;
  return client.call(routes.jobLog, {
    params: { id: String(id), stream: options.stderr ? 'stderr' : 'stdout' },
    query: { offset, waitS, ...(attempt === undefined ? {} : { attempt }) },
    timeoutMs: (waitS + 30) * 1000,
  });
}

async function printNow({ sleep }: CliContext, client: Client, id: number, options: LogsOptions, out: Printer) {
  const parts: string[] = [];
  let chunk: Chunk;
  let offset = 0;
  do {
    const from = offset;
    chunk = await retryUnanswered(() => chunkAt(client, id, options, from, 0), SHORT_PAUSES, sleep);
    if (out.form.json) parts.push(chunk.text);
    else out.text(chunk.text);
    offset = chunk.nextOffset;
    if (offset <= from) break;
  } while (chunk.text !== '');
  if (out.form.json) out.json({ ...chunk, offset: 0, text: parts.join('') });
}

/** With --json one document a line, as they come. */
async function follow({ now, sleep }: CliContext, client: Client, id: number, options: LogsOptions, out: Printer) {
  let offset = 0;
  let attempt: number | undefined;
  for (;;) {
    const asked = now().getTime();
    const from = offset;
    const chunk = await retryUnanswered(() => chunkAt(client, id, options, from, HELD_S), LONG_PAUSES, sleep);
    if (attempt !== undefined && chunk.attempt !== attempt && from > 0) {
      out.warn(`-- attempt ${chunk.attempt} --`);
      // The offset was one of the attempt before.
      offset = 0;
      attempt = chunk.attempt;
      continue;
    }
    attempt = chunk.attempt;
    if (out.form.json) out.text(`${JSON.stringify(chunk)}\n`);
    else out.text(chunk.text);
    offset = chunk.nextOffset;
    if (chunk.ended && (chunk.text === '' || offset <= from)) return;
    if (chunk.text === '' && now().getTime() - asked < 250) await sleep(500);
  }
}
