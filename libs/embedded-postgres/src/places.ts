// Where things go when the server's user is not ours and can't get into the folders we were given (a checkout below
// a 0700 /root). The binaries are a cache and may live in the temporary folder; data must not: temporary folders are
// emptied at boot and thinned out by cleaners, so a root starter puts it below /var/lib and notes where.
import { accessSync, chmodSync, constants, lstatSync, mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WmsError } from '@pilotfish/model';
import { firstClosedFolder, type RunAs } from './run-as.ts';

/** The folder for one version's binaries; its parent exists, it may not. */
export function placeForBinaries(cacheDir: string, version: string, runAs: RunAs | undefined): string {
  mkdirSync(cacheDir, { recursive: true });
  const name = `postgres-${version}-${process.platform}-${process.arch}`;
  if (runAs === undefined || firstClosedFolder(cacheDir, runAs) === undefined) return join(cacheDir, name);
  const folder = join(firstOpen([tmpdir(), '/tmp'], cacheDir, runAs), `pilotfish-pg-${version}-${process.getuid?.()}`);
  mkdirSync(folder, { recursive: true });
  requireOurs(folder);
  chmodSync(folder, 0o755);
  return join(folder, name);
}

/** A new folder for the cluster of a data folder that `runAs` can't enter. */
export function placeForData(dataDir: string, runAs: RunAs): string {
  const folder = mkdtempSync(join(firstOpen(['/var/lib', tmpdir(), '/tmp'], dataDir, runAs), 'pilotfish-pg-data-'));
  chmodSync(folder, 0o711);
  return folder;
}

/** Anybody may make folders in /tmp: one that is a link, another's, or writable to others is a trap. */
export function requireOurs(folder: string): void {
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return;
  throw new WmsError(
    'unavailable',
    `${folder} is not a folder of ours alone (owner uid ${found.uid}, mode ${(found.mode & 0o7777).toString(8)}): remove it and start again.`,
  );
}

function firstOpen(folders: readonly string[], instead: string, runAs: RunAs): string {
  const open = folders.find((folder) => isWritableFolder(folder) && firstClosedFolder(folder, runAs) === undefined);
  if (open !== undefined) return open;
  throw new WmsError(
    'unavailable',
    `The database user (uid ${runAs.uid}) can't enter ${firstClosedFolder(instead, runAs)}, and none of ${folders.join(', ')} will do instead: allow entering with chmod o+x, or choose another folder.`,
  );
}

function isWritableFolder(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}
