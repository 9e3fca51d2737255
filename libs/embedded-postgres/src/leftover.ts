// A starter killed with -9 leaves its server running. The next one takes it over, if it is really ours and set up as
// asked; a pid file whose process is gone, or whose pid belongs to somebody else by now, must not stop a start.
import { setTimeout as delay } from 'node:timers/promises';
import { type Secret, WmsError } from '@pilotfish/model';
import type { Cluster } from './cluster.ts';
import { adoptedPostmaster, endsWithin, type Postmaster, stopPostmaster } from './postmaster.ts';
import { isPostmasterOf, type PostmasterPid, readPostmasterPid, removePostmasterPid } from './postmaster-pid.ts';
import { probe, type ServerFacts } from './probe.ts';
import { isAlive, isTaken } from './process-table.ts';
import type { Durability } from './server-settings.ts';

const SETTLE_LIMIT_MS = 60_000;

export interface Wanted {
  readonly port: number | undefined;
  readonly durability: Durability;
}

/** The server that already runs on this cluster, or `undefined` when the way is clear to start one. */
export async function takeOverLeftover(
  cluster: Cluster,
  password: Secret<string>,
  wanted: Wanted,
): Promise<Postmaster | undefined> {
  const entry = readPostmasterPid(cluster.folder);
  if (entry === undefined) return undefined;
  const ours = isAlive(entry.pid) && isPostmasterOf(entry.pid, cluster.folder);
  if (ours === false) {
    // PostgreSQL drops the file of a dead process itself, but would take a zombie or a stranger for a postmaster. That
    // no backend outlived its postmaster it makes sure of by its shared memory too.
    if (isTaken(entry.pid)) removePostmasterPid(cluster.folder);
    return undefined;
  }
  if (ours === undefined && (await probe(entry.port, password, cluster.folder)) === undefined) return undefined;
  return await settle(cluster, password, wanted, entry);
}

async function settle(
  cluster: Cluster,
  password: Secret<string>,
  wanted: Wanted,
  entry: PostmasterPid,
): Promise<Postmaster | undefined> {
  const postmaster = adoptedPostmaster(entry.pid, entry.port);
  const facts = entry.status === 'stopping' ? undefined : await answer(postmaster, cluster, password);
  if (facts === undefined) {
    if (await endsWithin(postmaster, SETTLE_LIMIT_MS)) return undefined;
    throw new WmsError('unavailable', `A PostgreSQL left behind (process ${entry.pid}) does not answer: end it.`);
  }
  if (facts.durability === wanted.durability && (wanted.port ?? entry.port) === entry.port) return postmaster;
  await stopPostmaster(postmaster);
  return undefined;
}

async function answer(
  postmaster: Postmaster,
  cluster: Cluster,
  password: Secret<string>,
): Promise<ServerFacts | undefined> {
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  while (Date.now() < deadline) {
    const now = readPostmasterPid(cluster.folder);
    if (now?.pid !== postmaster.pid || now.status === 'stopping' || !isAlive(now.pid)) return undefined;
    const facts = await probe(now.port, password, cluster.folder);
    if (facts !== undefined) return facts;
    await delay(100);
  }
  return undefined;
}
