// `wms demo`: the main job from nothing to nothing, with real parts, on this machine.
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removePostgresData } from '@pilotfish/embedded-postgres';
import { Option } from 'commander';
import type { CliContext, Registration } from '../cli-context.ts';
import { perform } from '../demo/performance.ts';
import { summarise, summaryText } from '../demo/summary.ts';
import { Progress } from '../demo/watch.ts';
import { startEmbedded } from '../embedded/start-embedded.ts';
import { programsOf } from '../programs.ts';
import { quitSignal } from '../quit-signal.ts';
import { globalFlags } from '../session.ts';
import { usageError } from '../usage-error.ts';

interface Options {
  readonly jobs: string;
  readonly keep?: boolean;
}

const MOST_TILES = 10_000;

export const demo: Registration = (program, context) => {
  program
    .command('demo')
    .description('Run the main job on this machine: submit, VMs, results, retire; leaves nothing behind')
    .addOption(new Option('--jobs <n>', 'tiles of the picture').default('64'))
    .option('--keep', 'leave the service up until Ctrl-C, and say how to log in')
    .action(async (options: Options, command) => {
      await runDemo(context, options, globalFlags(command).json === true);
    });
};

async function runDemo(context: CliContext, options: Options, json: boolean): Promise<void> {
  const tiles = Number(options.jobs);
  if (!Number.isInteger(tiles) || tiles < 1 || tiles > MOST_TILES)
    throw usageError(`--jobs takes a number from 1 to ${MOST_TILES}`);
  const started = context.now().getTime();
  const out = json ? context.io.stderr : context.io.stdout;
  const say = (text: string) => void out.write(`${text}\n`);
  const folder = freshFolder(context, started);
  const data = join(folder, 'data');
  const quit = quitSignal();
  say('Starting the service: PostgreSQL, API, director …');
  const { programs, files, cli } = programsOf(context.projectRoot);
  const service = await startEmbedded({
    dataDir: data,
    programs,
    files,
    cacheDir: join(folder, '../../cache'),
    env: context.config.serviceEnvironment,
    log: () => undefined,
  });
  let ended = false;
  const end = async () => {
    if (ended) return;
    ended = true;
    await service.stop();
  };
  try {
    say(`It listens at ${service.url} after ${seconds(context, started)} s.`);
    const stage = {
      tiles,
      folder,
      program: cli,
      say,
      progress: new Progress(out, () => context.now().getTime()),
      sleep: context.sleep,
    };
    const result = await Promise.race([perform(service, stage), quit.thrown]);
    if (options.keep) await keepUp(service.url, service.operatorToken.reveal(), say, quit.asked);
    const pids = service.children().map(({ pid }) => pid);
    await end();
    const leftovers = pids.filter(isAlive).map((pid) => `process ${pid} is left`);
    const summary = summarise(result, seconds(context, started), leftovers);
    say(`\n${summaryText(summary)}`);
    if (json) context.io.stdout.write(`${JSON.stringify(summary)}\n`);
    if (summary.invariants.length > 0) context.endWith(1);
    else await removeData(data);
  } finally {
    await end();
    quit.release();
  }
}

async function removeData(data: string): Promise<void> {
  removePostgresData(join(data, 'postgres'));
  await rm(data, { recursive: true, force: true });
}

/** Inside the checkout when it can be written, as for a second user it can't. */
function freshFolder({ projectRoot }: CliContext, started: number): string {
  const name = new Date(started).toISOString().replaceAll(':', '-');
  for (const base of [join(projectRoot, '.pilotfish'), join(tmpdir(), `pilotfish-${process.getuid?.() ?? 'user'}`)]) {
    const folder = join(base, 'demo', name);
    try {
      mkdirSync(folder, { recursive: true });
      return folder;
    } catch {
      // The next place.
    }
  }
  throw usageError('neither the checkout nor the temporary folder can be written; make one of them writable');
}

async function keepUp(url: string, token: string, say: (text: string) => void, asked: Promise<void>): Promise<void> {
  say(`\nThe service stays up at ${url}. In another terminal:`);
  say(`  export WMS_URL=${url} WMS_TOKEN=${token}`);
  say('  ./wms jobs; ./wms vm list --all; ./wms director log\nCtrl-C ends it.');
  await asked;
}

const seconds = (context: CliContext, since: number): number =>
  Math.round((context.now().getTime() - since) / 100) / 10;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
