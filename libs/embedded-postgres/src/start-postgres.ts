// The whole start, in order: lock the folder, find its cluster, get the binaries, make the cluster if it is new, take
// over a server left behind or launch one, make the database.
import type { Secret } from '@pilotfish/model';
import { clusterPassword, DATABASE, ensureCluster, locateCluster, prepareDataDir } from './cluster.ts';
import { launch } from './launch.ts';
import { takeOverLeftover } from './leftover.ts';
import { nativeBinaries } from './native-binaries.ts';
import { type Postmaster, stopPostmaster } from './postmaster.ts';
import { ensureDatabase, urlFor } from './probe.ts';
import type { Durability } from './server-settings.ts';
import { type StarterLock, takeStarterLock } from './starter-lock.ts';

export interface EmbeddedPostgresOptions {
  /** Holds the cluster and what belongs to it; made if missing, one starter at a time. */
  readonly dataDir: string;
  /** Holds the binaries (60 MB), made once per version; may be shared and removed. */
  readonly cacheDir: string;
  /** Without it: the port of the last start if it is free, else any free one. */
  readonly port?: number;
  /** Default `full`. */
  readonly durability?: Durability;
  /** Steps worth telling; the server's own messages go to `<dataDir>/postgres.log`. */
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** `postgresql://pilotfish:<password>@127.0.0.1:<port>/pilotfish`, a superuser. */
  readonly url: Secret<string>;
  readonly port: number;
  readonly pid: number;
  /** Close your connections first. Calling it again is fine, also when the server is already gone. */
  stop(): Promise<void>;
  /** Called once if the server ends without `stop()`, with a sentence about how. The folder may then be started again. */
  onExit(listener: (how: string) => void): void;
}

/**
 * Starts PostgreSQL on loopback and resolves when it answers.
 * @throws WmsError `unavailable`; with the flaw pointer `/dataDir` when another starter has the folder.
 */
export async function startPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = prepareDataDir(options.dataDir);
  const lock = takeStarterLock(dataDir);
  try {
    return await startLocked(dataDir, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(dataDir: string, options: EmbeddedPostgresOptions, lock: StarterLock) {
  const log = options.log ?? (() => {});
  const wanted = { port: options.port, durability: options.durability ?? 'full' };
  const cluster = await locateCluster(dataDir);
  const password = await clusterPassword(cluster);
  let postmaster = await takeOverLeftover(cluster, password, wanted);
  if (postmaster) {
    log(`took over PostgreSQL left running as process ${postmaster.pid} on port ${postmaster.port}`);
  } else {
    const natives = await nativeBinaries(options.cacheDir, cluster.runAs);
    const made = await ensureCluster(cluster, natives, password, wanted.durability === 'full');
    if (made === 'made') log(`made a database cluster in ${cluster.folder}`);
    postmaster = await launch(cluster, natives, password, wanted);
    log(`PostgreSQL ${natives.version} runs as process ${postmaster.pid} on port ${postmaster.port}`);
  }
  try {
    await ensureDatabase(postmaster.port, password, DATABASE);
  } catch (error) {
    await stopPostmaster(postmaster);
    throw error;
  }
  return inCare(postmaster, urlFor(postmaster.port, password, DATABASE), lock);
}

function inCare(postmaster: Postmaster, url: Secret<string>, lock: StarterLock): EmbeddedPostgres {
  const listeners: ((how: string) => void)[] = [];
  let stopping: Promise<void> | undefined;
  let died: string | undefined;
  void postmaster.ended.then((how) => {
    lock.release();
    if (stopping) return;
    died = how;
    for (const listener of listeners) listener(how);
  });
  return {
    url,
    port: postmaster.port,
    pid: postmaster.pid,
    stop: () => {
      stopping ??= stopPostmaster(postmaster);
      return stopping;
    },
    onExit: (listener) => {
      if (died === undefined) listeners.push(listener);
      else listener(died);
    },
  };
}
