// Runs a command line in this process with its own terminal, folder and clock.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readConfig } from './config.ts';
import { TOKEN } from './fake-service.fixture.ts';
import { runCli } from './program.ts';

export const NOW = new Date('2030-01-01T12:00:00Z');

export interface RunOptions {
  /** Of the service; logged in there unless `environment` says otherwise. */
  readonly url?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly home?: string;
  readonly projectRoot?: string;
  readonly terminal?: boolean;
  readonly stdin?: string;
  readonly typed?: string;
  readonly now?: () => Date;
}

export interface RunResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const folders: string[] = [];

/** Removed when the tests of the file have ended. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wms cli '));
  folders.push(folder);
  return folder;
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const home = options.home ?? (await emptyFolder());
  const login = options.url ? { WMS_URL: options.url, WMS_TOKEN: TOKEN } : {};
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: options.terminal ?? false,
    columns: 100,
  });
  const status = await runCli({
    config: readConfig(options.environment ?? login, home),
    io: {
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      stdinIsTTY: options.stdin === undefined,
      readStdin: async () => options.stdin ?? '',
      askSecret: async () => options.typed ?? '',
    },
    cwd: options.cwd ?? home,
    projectRoot: options.projectRoot ?? home,
    argv,
    now: options.now ?? (() => NOW),
    sleep: async () => {},
  });
  return { status, ...written };
}
