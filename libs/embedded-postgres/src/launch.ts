// Starts the server and waits until it answers. Its own session, so that Ctrl-C in a terminal reaches only its starter,
// who stops it last; its messages go to a file, so that it can outlive a killed starter.
import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Secret, WmsError } from '@pilotfish/model';
import { type Cluster, writeDurably } from './cluster.ts';
import { choosePort } from './loopback-port.ts';
import type { NativeBinaries } from './native-binaries.ts';
import { ownPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts';
import { probe } from './probe.ts';
import { lastLines, programOptions } from './run-program.ts';
import { type Durability, serverArguments } from './server-settings.ts';

/** Long, because after a crash the server first replays its log. */
const READY_LIMIT_MS = 180_000;
const LOG_LIMIT_BYTES = 10_000_000;
const ATTEMPTS = 20;
/** A port taken since we looked; a backend of a killed postmaster that has not noticed yet. Both pass. */
const PASSING = /could not (create any TCP\/IP sockets|bind)|pre-existing shared memory block/;

export interface LaunchOptions {
  readonly port: number | undefined;
  readonly durability: Durability;
}

export async function launch(
  cluster: Cluster,
  natives: NativeBinaries,
  password: Secret<string>,
  options: LaunchOptions,
): Promise<Postmaster> {
  const portFile = join(cluster.dataDir, 'port');
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(options.port, portFile);
    const { postmaster, messages } = spawnServer(cluster, natives, port, options.durability);
    if (await answersOrEnds(postmaster, password, cluster.folder)) {
      await writeDurably(portFile, `${port}\n`);
      return postmaster;
    }
    if (attempt >= ATTEMPTS || !PASSING.test(messages())) {
      throw new WmsError('unavailable', `${await postmaster.ended}: ${lastLines(messages())}`);
    }
    await delay(300);
  }
}

function spawnServer(cluster: Cluster, natives: NativeBinaries, port: number, durability: Durability) {
  const path = join(cluster.dataDir, 'postgres.log');
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
  const log = openSync(path, 'a', 0o600);
  const from = fstatSync(log).size;
  try {
    const child = spawn(natives.postgres, serverArguments(cluster.folder, port, durability), {
      ...programOptions(cluster.runAs),
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    const messages = () => readFileSync(path).subarray(from).toString();
    return { postmaster: ownPostmaster(child, port), messages };
  } finally {
    closeSync(log);
  }
}

async function answersOrEnds(postmaster: Postmaster, password: Secret<string>, folder: string): Promise<boolean> {
  let ended = false;
  void postmaster.ended.then(() => {
    ended = true;
  });
  const deadline = Date.now() + READY_LIMIT_MS;
  try {
    while (Date.now() < deadline) {
      await delay(15);
      if (ended) return false;
      if ((await probe(postmaster.port, password, folder)) !== undefined) return true;
    }
    throw new WmsError('unavailable', `PostgreSQL in ${folder} does not get ready; see postgres.log beside it.`);
  } catch (error) {
    await stopPostmaster(postmaster);
    throw error;
  }
}
