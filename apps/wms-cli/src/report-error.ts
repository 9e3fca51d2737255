// Turns whatever went wrong into lines on stderr and an exit status. A stack is shown only on request.
import { ApiError, NoAnswerError } from '@pilotfish/api-contract';
import { type Flaw, WmsError } from '@pilotfish/model';
import { CommanderError } from 'commander';
import type { CliContext } from './cli-context.ts';
import { EXIT } from './exit-status.ts';
import { printable } from './output/printable.ts';
import { isUsageError } from './usage-error.ts';

const LOGIN_HINT = '  log in with: wms login --url URL (or set WMS_URL and WMS_TOKEN)';

/** Writes the error; returns the exit status. */
export function reportError(error: unknown, { io, config }: Pick<CliContext, 'io' | 'config'>): number {
  if (error instanceof CommanderError) return reportCommander(error, io.stderr);
  // The reader of our output left (`wms jobs | head`): nobody is there to be told.
  if (systemCode(error) === 'EPIPE') return EXIT.ok;
  io.stderr.write(`${[`error: ${messageOf(error)}`, ...detailsOf(error)].map(printable).join('\n')}\n`);
  if (config.debug && error instanceof Error) io.stderr.write(`${error.stack ?? ''}\n${causeStack(error)}`);
  return statusOf(error);
}

/** Commander has already written its own errors and the help. */
function reportCommander(error: CommanderError, stderr: CliContext['io']['stderr']): number {
  if (isUsageError(error)) stderr.write(`error: ${printable(error.message)}\n`);
  return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? EXIT.ok : EXIT.usage;
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.problem.detail;
  if (!(error instanceof Error)) return String(error);
  const path = (error as NodeJS.ErrnoException).path;
  switch (systemCode(error)) {
    case 'ENOENT':
      return `there is no ${path}`;
    case 'EACCES':
    case 'EPERM':
      return `no permission for ${path}`;
    case 'EISDIR':
      return `${path ?? 'that'} is a folder; name a file`;
    default:
      return error.message;
  }
}

function detailsOf(error: unknown): string[] {
  if (error instanceof ApiError) {
    const { errors, status, requestId } = error.problem;
    const quote = status >= 500 && requestId ? [`  request ${requestId} (quote it to your operator)`] : [];
    return [...flawLines(errors), ...quote, ...(isUnauthenticated(error) ? [LOGIN_HINT] : [])];
  }
  if (error instanceof NoAnswerError) return ['  is the service up? a local one is started with: wms up'];
  if (error instanceof WmsError)
    return error.code === 'unauthenticated' ? [LOGIN_HINT] : onlyNews(error.message, error.flaws);
  return [];
}

/** A message that quotes its only flaw needs no line that repeats it. */
function onlyNews(message: string, flaws: readonly Flaw[]): string[] {
  const [only] = flaws;
  return flaws.length === 1 && only && message.includes(only.detail) ? [] : flawLines(flaws);
}

function flawLines(flaws: readonly Flaw[]): string[] {
  return flaws.map(({ pointer, detail }) => (pointer ? `  ${pointer}: ${detail}` : `  ${detail}`));
}

function isUnauthenticated(error: ApiError): boolean {
  return error.problem.status === 401 || error.problem.code === 'unauthenticated';
}

function statusOf(error: unknown): number {
  if (error instanceof NoAnswerError) return EXIT.noAnswer;
  if (error instanceof ApiError && isUnauthenticated(error)) return EXIT.unauthenticated;
  if (error instanceof WmsError && error.code === 'unauthenticated') return EXIT.unauthenticated;
  return EXIT.failed;
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

function causeStack({ cause }: Error): string {
  return cause instanceof Error ? `caused by ${cause.stack ?? cause.message}\n` : '';
}
