// The real API as a process of its own, for as long as the bench takes. Unlike `wms up` it is not started again: a
// service that died has no figures.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Secret, WmsError } from '@pilotfish/model';

const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const LOG_TAIL = 2000;

export interface ApiOptions {
  /** The bundled main.js. */
  readonly program: string;
  readonly folder: string;
  readonly files: readonly string[];
  readonly databaseUrl: Secret;
  readonly environment: Readonly<Record<string, string>>;
  /** Where its processor profile goes when it ends. */
  readonly profileFolder?: string | undefined;
}

export interface ApiProcess {
  readonly url: string;
  readonly pid: number;
  readonly operatorToken: string;
  stop(): Promise<void>;
}

/** @throws WmsError `unavailable` with the end of its log when it does not get ready. */
export async function startApi(options: ApiOptions): Promise<ApiProcess> {
  const { folder, program, profileFolder } = options;
  const keyFile = join(folder, 'master.key');
  writeFileSync(keyFile, randomBytes(32), { mode: 0o600 });
  mkdirSync(join(folder, 'blobs'), { recursive: true });
  const logFile = join(folder, 'api.log');
  const log = openSync(logFile, 'a', 0o600);
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const child = spawn(process.execPath, [...profiling, '--enable-source-maps', program], {
    // Its own group: Ctrl-C reaches the bench alone, which stops it in order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      LOG_LEVEL: 'warn',
      ...options.environment,
      DATABASE_URL: options.databaseUrl.reveal(),
      WMS_MASTER_KEY_FILE: keyFile,
      WMS_PORT: '0',
      WMS_DATA_DIR: folder,
      WMS_BLOBS: join(folder, 'blobs'),
      WMS_FILES: options.files[0] ?? folder,
      WMS_BOOTSTRAP_OPERATOR: '1',
      PILOTFISH_SUPERVISED: '1',
    },
  });
  closeSync(log);
  const port = await ready(child).catch((error: Error) => {
    child.kill('SIGKILL');
    const tail = readFileSync(logFile, 'utf8').slice(-LOG_TAIL);
    throw new WmsError('unavailable', `The API did not start: ${error.message}. Its log ends:\n${tail}`);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid!,
    operatorToken: readFileSync(join(folder, 'operator-token'), 'utf8').trim(),
    stop: () => stop(child),
  };
}

function ready(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('it was not ready in time')), READY_LIMIT_MS);
    child.on('message', (message: { kind?: unknown; port?: unknown }) => {
      if (message.kind !== 'ready') return;
      clearTimeout(limit);
      resolve(Number(message.port));
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      reject(new Error(`it ended with ${signal ?? code}`));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(limit);
}
