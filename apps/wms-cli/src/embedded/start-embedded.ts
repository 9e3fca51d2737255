// The whole service on one machine, in order: the folder's lock, the database, the API, the director; what dies is
// started again, and all of it stops in the reverse order.
import { mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { Secret, WmsError } from '@pilotfish/model';
import { type DataDirLock, lockDataDir } from './data-dir-lock.ts';
import { KeptChild } from './kept-child.ts';
import { type KeptPostgres, keepPostgres } from './kept-postgres.ts';
import { ensureMasterKey } from './master-key.ts';
import { endLeftovers } from './pid-file.ts';
import { choosePort, refuseOpenHost, serviceUrl } from './service-address.ts';
import { ensureTlsFiles, type TlsFiles } from './tls-authority.ts';

const ROTATE_EVERY_MS = 10_000;

export interface EmbeddedOptions {
  /** Holds everything that must last; made if missing. */
  readonly dataDir: string;
  /** 0 or none: the port of the last start if it is free, else any free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** How VMs and people reach the service, if not by host and port. */
  readonly url?: string;
  /** `true`: a certificate of the service's own authority, in `<dataDir>/tls`. */
  readonly tls?: boolean | TlsFiles;
  /** Without it a PostgreSQL is run in `<dataDir>/postgres`. */
  readonly databaseUrl?: Secret;
  /** One line a call, for the person who started it. */
  readonly log: (line: string) => void;
  /** Paths of the bundled main.js. */
  readonly programs: { readonly api: string; readonly director: string };
  /** Folders with the pilot's and the agent's bundles; default: beside the programs. */
  readonly files?: readonly string[];
  /** For the PostgreSQL binaries; default: `.pilotfish/cache` at the top of the repository of the programs. */
  readonly cacheDir?: string;
  /** What the children inherit of the environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly logLevel?: string;
}

export interface Embedded {
  readonly url: string;
  /** The authority to trust when it is not a public one. */
  readonly ca: string | undefined;
  readonly operatorToken: Secret;
  /** Those that run now, the database included. */
  children(): { name: string; pid: number }[];
  stop(): Promise<void>;
  /** Settles when everything has stopped. */
  readonly done: Promise<void>;
}

/**
 * Resolves when the API and the director are ready. Signals are the caller's: call `stop()` on them.
 * @throws WmsError `bad-request` (open host without TLS) or `unavailable` (folder in use, port taken, a program that
 * does not start, with the end of its log).
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const host = options.host ?? '127.0.0.1';
  refuseOpenHost(host, Boolean(options.tls));
  const dataDir = resolve(options.dataDir);
  // Others may pass through: the database's user must get to its folder. What is secret is closed by itself.
  mkdirSync(dataDir, { recursive: true, mode: 0o711 });
  for (const name of ['log', 'run', 'blobs']) mkdirSync(join(dataDir, name), { recursive: true, mode: 0o700 });
  const parts: Parts = { lock: lockDataDir(dataDir), children: [] };
  try {
    return await startLocked(options, parts, { dataDir, host });
  } catch (error) {
    await stopParts(parts);
    throw error;
  }
}

interface Parts {
  readonly lock: DataDirLock;
  postgres?: KeptPostgres;
  /** In the order of their start. */
  readonly children: KeptChild[];
}

interface Place {
  readonly dataDir: string;
  readonly host: string;
}

async function startLocked(options: EmbeddedOptions, parts: Parts, { dataDir, host }: Place): Promise<Embedded> {
  const { log, programs } = options;
  await endLeftovers(join(dataDir, 'run'), log);
  const port = await choosePort(options.port, host, dataDir);
  const url = options.url ?? serviceUrl(host, port, Boolean(options.tls));
  const tls = await tlsFiles(options, dataDir, [host, new URL(url).hostname]);
  const databaseUrl = options.databaseUrl ?? (await addPostgres(options, parts, dataDir)).url;
  const files =
    options.files ?? ['pilot', 'vm-monitor-agent'].map((app) => join(fromTop(programs, 'apps'), app, 'dist'));
  const env = {
    ...options.env,
    DATABASE_URL: databaseUrl.reveal(),
    WMS_MASTER_KEY_FILE: ensureMasterKey(dataDir),
    WMS_HOST: host,
    WMS_PORT: String(port),
    WMS_URL: url,
    WMS_DATA_DIR: dataDir,
    WMS_BLOBS: join(dataDir, 'blobs'),
    WMS_FILES: files.join(delimiter),
    ...(tls && { WMS_TLS_CERT: tls.cert, WMS_TLS_KEY: tls.key, WMS_CA: tls.ca }),
    LOG_LEVEL: options.logLevel ?? options.env?.LOG_LEVEL ?? 'info',
  };
  await addChild(parts, {
    name: 'api',
    program: programs.api,
    env: { ...env, WMS_BOOTSTRAP_OPERATOR: '1' },
    dataDir,
    log,
  });
  const operatorToken = readOperatorToken(dataDir);
  await addChild(parts, { name: 'director', program: programs.director, env, dataDir, log });
  return inCare(parts, { url, ca: tls?.ca, operatorToken });
}

function inCare(parts: Parts, facts: Pick<Embedded, 'url' | 'ca' | 'operatorToken'>): Embedded {
  const { children } = parts;
  const rotation = setInterval(() => {
    for (const child of children) child.rotateLog();
  }, ROTATE_EVERY_MS);
  let settle = () => {};
  const done = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let stopping: Promise<void> | undefined;
  return {
    ...facts,
    done,
    children: () =>
      [...children.map(({ name, pid }) => ({ name, pid })), { name: 'postgres', pid: parts.postgres?.pid() }].filter(
        (one): one is { name: string; pid: number } => one.pid !== undefined,
      ),
    stop: () => {
      clearInterval(rotation);
      stopping ??= stopParts(parts).finally(settle);
      return stopping;
    },
  };
}

async function stopParts({ lock, postgres, children }: Parts): Promise<void> {
  try {
    for (const child of children.toReversed()) await child.stop();
    await postgres?.stop();
  } finally {
    lock.release();
  }
}

async function addPostgres(options: EmbeddedOptions, parts: Parts, dataDir: string): Promise<KeptPostgres> {
  const cacheDir = options.cacheDir ?? join(fromTop(options.programs, '.pilotfish'), 'cache');
  parts.postgres = await keepPostgres(dataDir, cacheDir, options.log);
  return parts.postgres;
}

async function addChild(parts: Parts, options: ConstructorParameters<typeof KeptChild>[0]): Promise<void> {
  const child = new KeptChild(options);
  parts.children.push(child);
  await child.start();
  options.log(`the ${child.name} runs as process ${child.pid}`);
}

async function tlsFiles({ tls }: EmbeddedOptions, dataDir: string, hosts: string[]): Promise<TlsFiles | undefined> {
  if (!tls) return undefined;
  if (tls !== true) return tls;
  const names = hosts.map((host) => host.replace(/^\[|\]$/g, '')).filter((host) => host !== '0.0.0.0' && host !== '::');
  return await ensureTlsFiles(join(dataDir, 'tls'), [...new Set([...names, '127.0.0.1', 'localhost'])]);
}

/** The programs stand in `<top>/apps/<name>/dist/main.js`. */
function fromTop({ api }: EmbeddedOptions['programs'], name: string): string {
  return resolve(dirname(api), '../../..', name);
}

function readOperatorToken(dataDir: string): Secret {
  const path = join(dataDir, 'operator-token');
  try {
    return new Secret(readFileSync(path, 'utf8').trim());
  } catch {
    throw new WmsError('unavailable', `The API did not leave the operator's token in ${path}.`);
  }
}
