// The whole list of commands, and the one way to run a command line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { CliContext, Registration } from './cli-context.ts';
import { bench } from './commands/bench.ts';
import { remove } from './commands/delete.ts';
import { demo } from './commands/demo.ts';
import { director } from './commands/director.ts';
import { endpoint } from './commands/endpoint.ts';
import { etaReport } from './commands/eta-report.ts';
import { history } from './commands/history.ts';
import { jobs } from './commands/jobs.ts';
import { kill } from './commands/kill.ts';
import { login } from './commands/login.ts';
import { logout } from './commands/logout.ts';
import { logs } from './commands/logs.ts';
import { output } from './commands/output.ts';
import { pilot } from './commands/pilot.ts';
import { profile } from './commands/profile.ts';
import { queues } from './commands/queues.ts';
import { reschedule } from './commands/reschedule.ts';
import { share, shares } from './commands/share.ts';
import { show } from './commands/show.ts';
import { submit } from './commands/submit.ts';
import { token } from './commands/token.ts';
import { up } from './commands/up.ts';
import { user } from './commands/user.ts';
import { vm } from './commands/vm.ts';
import { vo } from './commands/vo.ts';
import { wait } from './commands/wait.ts';
import { whoami } from './commands/whoami.ts';
import { why } from './commands/why.ts';
import { EXIT } from './exit-status.ts';
import { reportError } from './report-error.ts';

/** In the order of the help. */
const COMMANDS: readonly (readonly [heading: string, registrations: readonly Registration[]])[] = [
  ['Service:', [demo, up, bench]],
  ['Login:', [login, logout, whoami]],
  ['Jobs:', [submit, jobs, show, history, why, logs, wait, output, kill, reschedule, remove, queues, etaReport]],
  ['Machines:', [vm, pilot, director, profile, endpoint]],
  ['People:', [vo, user, token, shares, share]],
];

/** Runs one command line; the result is the exit status, and nothing is thrown. */
export async function runCli(context: Omit<CliContext, 'endWith'>): Promise<number> {
  let status: number = EXIT.ok;
  const whole: CliContext = { ...context, endWith: (next) => (status = Math.max(status, next)) };
  try {
    await buildProgram(whole).parseAsync(context.argv, { from: 'user' });
    return status;
  } catch (error) {
    return reportError(error, whole);
  }
}

export function buildProgram(context: CliContext): Command {
  const { stdout, stderr } = context.io;
  const program = new Command('wms')
    .description('Submit jobs to a Pilotfish service, follow them, and look after its machines.')
    .version(versionOf(context.projectRoot), '-V, --version')
    .option('--json', 'print the reply of the service as JSON')
    .option('-q, --quiet', 'print ids only')
    .option('--url <url>', 'the service to talk to (default: WMS_URL, the saved login, a local service)')
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
      getOutHasColors: () => stdout.isTTY === true && context.config.colour,
      getErrHasColors: () => stderr.isTTY === true && context.config.colour,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for what is possible)')
    .exitOverride();
  for (const [heading, registrations] of COMMANDS) {
    program.commandsGroup(heading);
    for (const register of registrations) register(program, context);
  }
  return program;
}

function versionOf(projectRoot: string): string {
  try {
    return String(
      (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version?: unknown }).version,
    );
  } catch {
    return 'unknown';
  }
}
