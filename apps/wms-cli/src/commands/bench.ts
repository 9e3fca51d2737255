// `wms bench …`: what this service does on this machine, measured, with what the bare database does beside it.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { type BenchReport, type Figures, runBench } from '../bench/bench-report.ts';
import { fill } from '../bench/fill.ts';
import { latency } from '../bench/latency.ts';
import { match } from '../bench/match.ts';
import { reportText } from '../bench/report-text.ts';
import { snapshot } from '../bench/snapshot.ts';
import { SNAPSHOT } from '../bench/snapshot-shape.ts';
import type { Stage } from '../bench/stage.ts';
import { submit } from '../bench/submit.ts';
import type { CliContext, Registration } from '../cli-context.ts';
import { parseWhole } from '../quantity.ts';
import { quitSignal } from '../quit-signal.ts';
import { globalFlags } from '../session.ts';
import { usageError } from '../usage-error.ts';

interface CommonOptions {
  readonly waiting: number;
  readonly queues: number;
  readonly databaseUrl?: string;
  readonly profile?: string;
}

type Play<Settings> = (stage: Stage, settings: Settings, say: (text: string) => void) => Promise<Figures>;

export const bench: Registration = (program, context) => {
  const group = program
    .command('bench')
    .description('Measure the service on this machine, with baselines of the same run');
  const add = <Settings extends CommonOptions>(name: string, text: string, play: Play<Settings>, waiting: number) => {
    const command = group
      .command(name)
      .description(text)
      .addOption(whole('--waiting <n>', 'jobs that wait meanwhile', waiting))
      .addOption(whole('--queues <n>', 'task queues they are in', SNAPSHOT.queues))
      .option('--database-url <url>', 'measure on this server (a database of its own, removed afterwards)')
      .option('--profile <folder>', 'write the processor profile of the API there, and print where the time goes');
    return command.action((options: Settings) => runOne(context, command, name, options, play));
  };
  add('match', 'Asks of pilots for one job each: match, claim, attempt, payload', match, SNAPSHOT.waiting)
    .addOption(whole('--clients <n>', 'pilots that ask at the same time', 16))
    .addOption(whole('--seconds <n>', 'how long', 10));
  add('fill', 'How long until an empty node has a job for every core', fill, SNAPSHOT.waiting)
    .addOption(whole('--cores <n>', 'cores of a node', 64))
    .addOption(whole('--nodes <n>', 'nodes, one after the other', 40));
  add('latency', 'From a submission until a pilot that waits has the job', latency, SNAPSHOT.waiting)
    .addOption(whole('--pilots <n>', 'pilots that hold their asks', 8))
    .addOption(whole('--samples <n>', 'jobs, one at a time', 300));
  add('submit', 'Durable submissions, one by one and in bulk', submit, 0)
    .addOption(whole('--clients <n>', 'submitters at the same time', 16))
    .addOption(whole('--seconds <n>', 'how long, one job per call', 10))
    .addOption(whole('--jobs <n>', 'in bulk, 1,000 per call', 50_000));
  add('snapshot', 'Asks while somebody holds a transaction open', snapshot, SNAPSHOT.waiting)
    .addOption(whole('--clients <n>', 'pilots that ask at the same time', 16))
    .addOption(whole('--seconds <n>', 'how long without', 15))
    .addOption(whole('--hold <n>', 'how long with', 60));
};

function whole(flags: string, text: string, value: number): Option {
  return new Option(flags, text).argParser(parseWhole).default(value);
}

async function runOne<Settings extends CommonOptions>(
  context: CliContext,
  command: Command,
  name: string,
  options: Settings,
  play: Play<Settings>,
): Promise<void> {
  const { databaseUrl, profile, ...settings } = options;
  if (settings.waiting !== 0 && settings.waiting < settings.queues)
    throw usageError('--waiting must be 0, or at least as many as --queues');
  const say = (text: string) => void context.io.stderr.write(`${text}\n`);
  const folder = profile === undefined ? undefined : resolve(context.cwd, profile);
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  const quit = quitSignal();
  try {
    say('starting database and API');
    const stage = { waiting: settings.waiting, databaseUrl, profile: folder };
    const run = (on: Stage) => Promise.race([play(on, options, say), quit.thrown]);
    print(context, command, await runBench(context, { name, settings, stage, play: run }));
  } finally {
    quit.release();
  }
}

function print(context: CliContext, command: Command, { figures, ...rest }: BenchReport): void {
  const report = {
    bench: rest.bench,
    ...figures,
    settings: rest.settings,
    machine: rest.machine,
    profile: rest.profile,
  };
  const text = globalFlags(command).json === true ? `${JSON.stringify(report)}\n` : reportText(report);
  context.io.stdout.write(text);
}
