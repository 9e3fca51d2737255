// The data folder: what lies where in it, and the making of the cluster. Beside the cluster (PostgreSQL's own folder)
// lie `password`, `port`, `postgres.log`, `starter.lock` and, if the cluster had to go elsewhere, `location`.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, type Stats } from 'node:fs';
import { chown, mkdir, open, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Secret, WmsError } from '@pilotfish/model';
import type { NativeBinaries } from './native-binaries.ts';
import { placeForData, requireOurs } from './places.ts';
import { chooseRunAs, firstClosedFolder, type RunAs } from './run-as.ts';
import { runProgram } from './run-program.ts';

/** The superuser and the database everything runs as and in. */
export const USER = 'pilotfish';
export const DATABASE = 'pilotfish';

export interface Cluster {
  /** The folder the caller named, absolute. */
  readonly dataDir: string;
  /** PostgreSQL's own folder; may not exist yet. */
  readonly folder: string;
  readonly runAs: RunAs | undefined;
}

export function prepareDataDir(path: string): string {
  const dataDir = resolve(path);
  if (!existsSync(dataDir)) {
    mkdirSync(dataDir, { recursive: true });
    // Another user may have to pass through, but has nothing to list.
    chmodSync(dataDir, 0o711);
  }
  return dataDir;
}

/** Decides where the cluster is or will be, and who runs it; a place elsewhere is noted before it is used. */
export async function locateCluster(dataDir: string): Promise<Cluster> {
  const noted = readNote(dataDir);
  const folder = join(noted ?? dataDir, 'cluster');
  const existing = statOf(folder);
  const runAs = chooseRunAs(existing);
  const closed = runAs && firstClosedFolder(dirname(folder), runAs);
  if (runAs === undefined || closed === undefined) return { dataDir, folder, runAs };
  if (existing !== undefined || noted !== undefined) {
    throw new WmsError(
      'unavailable',
      `The database's user (uid ${runAs.uid}) can't enter ${closed} any more: allow it with chmod o+x.`,
    );
  }
  const elsewhere = placeForData(dataDir, runAs);
  await writeDurably(join(dataDir, 'location'), `${elsewhere}\n`);
  return { dataDir, folder: join(elsewhere, 'cluster'), runAs };
}

function readNote(dataDir: string): string | undefined {
  const note = join(dataDir, 'location');
  if (!existsSync(note)) return undefined;
  const place = readFileSync(note, 'utf8').trim();
  if (statOf(place) === undefined) {
    throw new WmsError(
      'unavailable',
      `${note} says the database is in ${place}, which is gone: restore it, or remove ${note} to begin with an empty database.`,
    );
  }
  requireOurs(place);
  return place;
}

/** The superuser's password, made at the first call. @throws WmsError when there is a cluster but its password is gone. */
export async function clusterPassword(cluster: Cluster): Promise<Secret<string>> {
  const path = join(cluster.dataDir, 'password');
  const stored = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (stored.trim() !== '') return new Secret(stored.trim());
  if (existsSync(join(cluster.folder, 'PG_VERSION'))) {
    throw new WmsError('unavailable', `The password of the database is gone: restore ${path}.`);
  }
  const password = randomBytes(24).toString('base64url');
  await writeDurably(path, `${password}\n`);
  return new Secret(password);
}

/**
 * Makes the cluster unless there is one. It is made aside and renamed when whole, so what an interrupted initdb left
 * is never mistaken for a cluster. UTF8 and PostgreSQL's built-in C.UTF-8 give the same order on every host.
 */
export async function ensureCluster(
  cluster: Cluster,
  natives: NativeBinaries,
  password: Secret<string>,
  sync: boolean,
): Promise<'made' | 'found'> {
  if (await isWhole(cluster.folder, natives.version)) return 'found';
  const draft = `${cluster.folder}.draft`;
  const passwordFile = `${cluster.folder}.pwfile`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password.reveal(), { mode: 0o600, flag: 'wx' });
    if (cluster.runAs) {
      await chown(draft, cluster.runAs.uid, cluster.runAs.gid);
      await chown(passwordFile, cluster.runAs.uid, cluster.runAs.gid);
    }
    const place = ['-D', draft, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const rest = ['--no-instructions', ...(sync ? [] : ['--no-sync'])];
    await runProgram(natives.initdb, [...place, ...locale, ...rest], cluster.runAs);
    await rename(draft, cluster.folder);
    return 'made';
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function isWhole(folder: string, version: string): Promise<boolean> {
  const stored = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (stored === undefined) {
    if (existsSync(folder)) await removeEmpty(folder);
    return false;
  }
  const major = version.split('.')[0];
  if (stored.trim() === major) return true;
  throw new WmsError(
    'unavailable',
    `${folder} was made by PostgreSQL ${stored.trim()}, this is ${major}: move its contents over with that version's pg_dump.`,
  );
}

// We never leave a cluster half made under its final name, so a folder with something in it is damaged data.
async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {
    throw new WmsError('unavailable', `${folder} is no database (PG_VERSION is missing): restore it, or remove it.`);
  });
}

/** Whole or not at all, even over a power cut; readable to the starter only. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  await rm(draft, { force: true });
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
