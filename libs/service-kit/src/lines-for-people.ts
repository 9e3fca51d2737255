// The same records as short lines: time, level if it matters, message, then the fields.
import type { DestinationStream } from 'pino';

export function linesForPeople(out: { write(text: string): unknown }): DestinationStream {
  return { write: (record) => void out.write(lineOf(record)) };
}

function lineOf(record: string): string {
  const { level, time, name, pid, msg, err, ...fields } = JSON.parse(record) as Record<string, unknown>;
  const stack = (err as { stack?: string } | undefined)?.stack;
  const said = Object.entries(fields).map(([field, value]) => ` ${field}=${JSON.stringify(value)}`);
  const loud = level === 'info' ? '' : `${String(level).toUpperCase()} `;
  return `${String(time).slice(11, 23)} ${name} ${loud}${msg ?? ''}${said.join('')}\n${stack ? `${stack}\n` : ''}`;
}
