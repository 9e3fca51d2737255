import type { Client } from '@pilotfish/api-contract';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import type { CliContext, Registration } from '../cli-context.ts';
import { EXIT } from '../exit-status.ts';
import type { Printer } from '../output/printer.ts';
import { collected, parseMemory, parseProcessors, parseSeconds, parseWhole } from '../quantity.ts';
import { reportWaited } from '../report-waited.ts';
import { idList } from '../select-jobs.ts';
import { openSession, printerOf } from '../session.ts';
import type { DescriptionOptions } from '../submission/described-job.ts';
import { type PreparedJob, prepareJob } from '../submission/prepare-job.ts';
import { readJobs } from '../submission/read-jobs.ts';
import { type BulkItem, submitMany, submitOne, uploadSandboxes } from '../submission/send-jobs.ts';

interface SubmitOptions extends DescriptionOptions {
  readonly inputFile?: readonly string[];
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

const EXAMPLES = `
Examples:
  wms submit job.jdl
  wms submit --processors 2-4 --input-file data.csv -- ./analyse.sh data.csv
  wms submit < script.sh            (a script with #JDL lines)
  wms submit --dry-run job.yaml
`;

export const submit: Registration = (program, context) => {
  const command = program
    .command('submit')
    .description('Submit jobs: JDL, YAML or JSON files, a script with #JDL lines, or a command after --')
    .usage('[options] [file...] [-- command [args...]]')
    .argument('[file...]', 'descriptions or scripts; - for stdin')
    .option('-n, --name <name>', 'name of the job')
    .option('--vo <vo>', 'for operators: the VO to submit for')
    .option('-c, --processors <n|min-max>', 'cores', parseProcessors)
    .option('--whole-node', 'a node of its own')
    .option('-m, --memory <MiB>', 'memory, e.g. 2000 or 4G', parseMemory)
    .option('--cpu-time <s>', 'processor time, e.g. 3600 or 2h', parseSeconds)
    .option('--wall-time <s>', 'longest run time', parseSeconds)
    .option('--site <site>', 'run only there; may be given several times, as the next three', collected)
    .option('--banned-site <site>', 'never run there', collected)
    .option('--platform <platform>', 'platform the job needs', collected)
    .option('--tag <tag>', 'tag the node must have', collected)
    .option('-g, --job-group <group>', 'name under which jobs are found together')
    .option('-p, --priority <0-10>', 'against your other jobs', parseWhole)
    .option('-i, --input-file <path>', 'file or folder the job gets; may be given several times', collected)
    .option('-o, --output <pattern>', 'files to bring back; may be given several times', collected)
    .option('-e, --env <NAME=VALUE>', 'environment variable; may be given several times', collected)
    .option('-w, --wait', 'wait for the end; the exit status follows the jobs')
    .option('--dry-run', 'print the complete description and submit nothing')
    .addHelpText('after', EXAMPLES)
    .action((operands: readonly string[], options: SubmitOptions) => run(context, command, operands, options));
};

async function run(context: CliContext, command: Command, operands: readonly string[], options: SubmitOptions) {
  const dashes = context.argv.indexOf('--');
  const words = dashes < 0 ? undefined : context.argv.slice(dashes + 1);
  const files = operands.slice(0, operands.length - (words?.length ?? 0));
  const jobs: PreparedJob[] = [];
  for (const job of await readJobs(files, words, context)) jobs.push(await prepareJob(job, options));
  if (options.dryRun) return printDescriptions(jobs, printerOf(context, command));
  const { client, out } = await openSession(context, command);
  await uploadSandboxes(client, jobs, context.sleep);
  const { reply, items } = await send(client, jobs, context.sleep);
  const ids = items.flatMap((item) => (item.ok ? item.ids : []));
  if (items.some(({ ok }) => !ok)) context.endWith(EXIT.failed);
  report(items, out);
  if (!out.form.json) printIds(ids, out);
  const waited = options.wait ? await reportWaited(context, { client, out }, ids, undefined) : undefined;
  if (out.form.json) out.json(waited ? { ...reply, jobs: waited } : reply);
}

async function send(
  client: Client,
  jobs: readonly PreparedJob[],
  sleep: CliContext['sleep'],
): Promise<{ reply: object; items: BulkItem[] }> {
  const [only, ...others] = jobs;
  if (only && others.length === 0) {
    const reply = await submitOne(client, only, sleep);
    return { reply, items: [{ ok: true, ...reply }] };
  }
  const items = await submitMany(client, jobs, sleep);
  return { reply: { items }, items };
}

function report(items: readonly BulkItem[], out: Printer): void {
  items.forEach((item, index) => {
    if (item.ok) for (const warning of item.warnings) out.warn(`warning: ${warning}`);
    else {
      out.warn(`error: description ${index + 1}: ${item.detail}`);
      for (const { pointer, detail } of item.errors) out.warn(`  ${pointer}: ${detail}`);
    }
  });
}

function printIds(ids: readonly number[], out: Printer): void {
  if (out.form.quiet || !out.forPeople) out.ids(ids);
  else if (ids.length > 0) out.line(`submitted ${idList(ids)}`);
}

function printDescriptions(jobs: readonly PreparedJob[], out: Printer): void {
  const descriptions = jobs.map(({ canonical }) => canonical);
  if (out.form.json) out.json(descriptions.length === 1 ? descriptions[0] : descriptions);
  else out.text(descriptions.map((one) => stringify(one)).join('---\n'));
}
