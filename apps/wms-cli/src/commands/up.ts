// `wms up`: the whole service in the foreground, on data that persists.
import { rmSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { CliContext, Registration } from '../cli-context.ts';
import { startEmbedded } from '../embedded/start-embedded.ts';
import { programsOf } from '../programs.ts';
import { quitSignal } from '../quit-signal.ts';
import { usageError } from '../usage-error.ts';

interface Options {
  readonly port?: string;
  readonly data?: string;
  readonly host: string;
  readonly tls?: boolean;
}

export const up: Registration = (program, context) => {
  program
    .command('up')
    .description('Run the service in the foreground: PostgreSQL, API and director; Ctrl-C stops it')
    .option('--port <port>', 'port of the API (default: the last one, else any free one)')
    .option('--data <dir>', 'folder of its data (default: .pilotfish/data)')
    .option('--host <address>', 'address to listen on; beyond loopback it needs --tls', '127.0.0.1')
    .option('--tls', 'serve HTTPS with a CA of its own, which VMs are told to trust')
    .action((options: Options) => runUp(context, options));
};

async function runUp(context: CliContext, { port, data, host, tls = false }: Options): Promise<void> {
  const say = (text: string) => void context.io.stdout.write(`${text}\n`);
  const folder = dataFolder(context, data);
  const quit = quitSignal();
  try {
    const { programs, files } = programsOf(context.projectRoot);
    const service = await startEmbedded({
      dataDir: folder,
      cacheDir: join(context.projectRoot, '.pilotfish', 'cache'),
      programs,
      files,
      ...(port === undefined ? {} : { port: portOf(port) }),
      ...(context.config.databaseUrl === undefined ? {} : { databaseUrl: context.config.databaseUrl }),
      env: context.config.serviceEnvironment,
      host,
      tls,
      log: say,
    });
    announce(folder, service.url);
    say(`Pilotfish listens at ${service.url}`);
    say(
      `The first operator's token is in ${join(folder, 'operator-token')}${data === undefined ? '; wms commands of this checkout use it by themselves' : ''}.`,
    );
    await Promise.race([quit.asked, service.done]);
    say('Stopping; VMs keep running and are found again at the next start.');
    await service.stop();
    rmSync(join(folder, 'run', 'service.json'), { force: true });
  } finally {
    quit.release();
  }
}

/** Where commands of this checkout find the service; the supervisor clears its folder at the next start. */
function announce(folder: string, url: string): void {
  writeFileSync(join(folder, 'run', 'service.json'), JSON.stringify({ url }));
}

function dataFolder({ projectRoot, cwd }: CliContext, data: string | undefined): string {
  if (data === undefined) return join(projectRoot, '.pilotfish', 'data');
  return isAbsolute(data) ? data : resolve(cwd, data);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw usageError('--port takes a number from 1 to 65535');
  return port;
}
