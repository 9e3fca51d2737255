// One JSON object a line on stdout, secrets taken out; a person at a terminal gets plain lines.
import pino from 'pino';
import { linesForPeople } from './lines-for-people.ts';
import { scrub, scrubText } from './scrub.ts';

export type Log = pino.Logger;
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

const NAMES_IN_CHILDREN =
  'authorization Authorization cookie token activationKey password secret assertion key pem proxy'
    .split(' ')
    .flatMap((name) => [name, `*.${name}`]);

/** `destination`: where the lines go instead of stdout. */
export function makeLog(name: string, level: LogLevel = 'info', destination?: pino.DestinationStream): Log {
  const to =
    destination ?? (process.stdout.isTTY ? linesForPeople(process.stdout) : pino.destination({ dest: 1, sync: true }));
  return pino(
    {
      name,
      level,
      base: { name, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrub(fields) as Record<string, unknown>,
        bindings: (fields) => scrub(fields) as Record<string, unknown>,
      },
      // The fields of child loggers pass by the formatters.
      redact: { paths: NAMES_IN_CHILDREN, censor: '[secret]' },
      serializers: { err: (clean) => clean },
      hooks: {
        logMethod(args, method) {
          const [first, message, ...rest] = args as [unknown, ...unknown[]];
          const fields = first instanceof Error ? { err: first } : first;
          const clean = [fields, message ?? messageOf(first), ...rest].map((arg) =>
            typeof arg === 'string' ? scrubText(arg) : arg,
          );
          method.apply(this, clean as unknown as Parameters<pino.LogFn>);
        },
      },
    },
    to,
  );
}

/** What pino would take for the message by itself, unscrubbed. */
function messageOf(fields: unknown): string | undefined {
  const error = fields instanceof Error ? fields : (fields as { err?: unknown } | undefined)?.err;
  return error instanceof Error ? error.message : undefined;
}
