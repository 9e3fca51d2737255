// The agent's command line: `--root <folder>` and `--version`. Everything else stands in etc/vm.json.

export interface Config {
  readonly version: boolean;
  readonly root: string | undefined;
}

export function readConfig(argv: readonly string[] = process.argv.slice(2)): Config {
  const at = argv.indexOf('--root');
  return { version: argv.includes('--version'), root: at < 0 ? undefined : argv[at + 1] };
}
