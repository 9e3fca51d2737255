// The pilot's command line and the little it takes over from its environment; everything else comes from the agent.

export interface Config {
  readonly version: boolean;
  /** Variables that a payload may inherit: none of them is a secret. */
  readonly inherited: Readonly<Record<string, string>>;
}

const INHERITED = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'USER', 'LOGNAME', 'SHELL'];

export function readConfig(
  argv: readonly string[] = process.argv.slice(2),
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  const inherited = INHERITED.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { version: argv.includes('--version'), inherited: Object.fromEntries(inherited) };
}
