// PostgreSQL refuses to run as root. A root starter runs it under an unprivileged user that the host already has:
// `pilotfish` if an administrator made one, else `nobody`. A uid without a passwd entry makes initdb fail, and making
// users on somebody's host is not ours to do.
import { readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { WmsError } from '@pilotfish/model';

const CANDIDATES = ['pilotfish', 'nobody'];
const NOBODY_UID = '65534';

/** The user a program is run as; `undefined` where it stands for "as we are". */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Who runs the server of a cluster folder that may not exist yet. A cluster keeps its owner, so root can also start
 * what an ordinary user made without taking it away from him.
 */
export function chooseRunAs(cluster: Stats | undefined): RunAs | undefined {
  if (!isRoot()) {
    refuseForeign(cluster);
    return undefined;
  }
  if (cluster !== undefined && cluster.uid !== 0) return { uid: cluster.uid, gid: cluster.gid };
  return findUnprivileged(readFileSync('/etc/passwd', 'utf8'));
}

function refuseForeign(cluster: Stats | undefined): void {
  if (cluster === undefined || process.getuid === undefined || cluster.uid === process.getuid()) return;
  throw new WmsError(
    'unavailable',
    `The database belongs to uid ${cluster.uid}, we run as ${process.getuid()}: start as that user or as root, or choose another data folder.`,
  );
}

/** `passwd`: the text of passwd(5). */
export function findUnprivileged(passwd: string): RunAs {
  const entries = passwd.split('\n').map((line) => line.split(':'));
  const found =
    CANDIDATES.map((name) => entries.find((entry) => entry[0] === name)).find((entry) => entry !== undefined) ??
    entries.find((entry) => entry[2] === NOBODY_UID);
  if (found === undefined || Number(found[2]) === 0) {
    throw new WmsError(
      'unavailable',
      'PostgreSQL will not run as root and this host has no user `nobody`: start as an ordinary user, add a user `pilotfish`, or give the URL of a PostgreSQL server.',
    );
  }
  return { uid: Number(found[2]), gid: Number(found[3]) };
}

/** The first folder on the way to `path` (itself included) that `user` may not enter; ACLs are not looked at. */
export function firstClosedFolder(path: string, user: RunAs): string | undefined {
  // Behind a link another way begins, and both have to be open.
  const folders = [...wayTo(resolve(path)), ...wayTo(realpathSync(path))];
  return folders.find((folder) => !mayEnter(statSync(folder), user));
}

function wayTo(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [path] : [...wayTo(above), path];
}

function mayEnter(folder: Stats, user: RunAs): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}
