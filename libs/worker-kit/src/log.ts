// One line per event, readable and greppable: time, level, message, facts as key=value.

export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Log {
  info(message: string, facts?: Facts): void;
  warn(message: string, facts?: Facts): void;
  error(message: string, facts?: Facts): void;
}

export function lineLog(write: (line: string) => void, now: () => Date = () => new Date()): Log {
  const at =
    (level: string) =>
    (message: string, facts: Facts = {}) =>
      write(`${now().toISOString()} ${level} ${message}${shown(facts)}\n`);
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function shown(facts: Facts): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? JSON.stringify(value) : value}`)
    .join('');
}
