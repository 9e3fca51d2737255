// One supervisor per data folder. The lock file appears whole (a link to a finished file) and names its holder; one
// whose holder is gone may be taken over.
import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WmsError } from '@pilotfish/model';
import { identify, isRunning, parseIdentity } from './process-identity.ts';

export interface DataDirLock {
  release(): void;
}

/** @throws WmsError `unavailable` naming the process that runs on this folder. */
export function lockDataDir(dataDir: string): DataDirLock {
  const path = join(dataDir, 'up.lock');
  const mine = JSON.stringify({ ...identify(process.pid), nonce: nonce() });
  for (let attempt = 0; attempt < 10; attempt++) {
    if (place(path, mine)) return { release: () => void (read(path) === mine && rmSync(path, { force: true })) };
    const found = read(path);
    if (found === undefined) continue;
    const holder = parseIdentity(found);
    if (holder !== undefined && isRunning(holder)) throw alreadyUp(dataDir, holder.pid);
    discard(path, found);
  }
  throw new WmsError('unavailable', `Several starts are racing for ${dataDir}: try again.`);
}

function alreadyUp(dataDir: string, pid: number): WmsError {
  return new WmsError(
    'unavailable',
    `Pilotfish already runs on ${dataDir} as process ${pid}: use it, stop it (kill ${pid}), or choose another folder.`,
    [{ pointer: '/dataDir', detail: `in use by process ${pid}` }],
  );
}

function place(path: string, text: string): boolean {
  const draft = `${path}.${nonce()}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

// Two starters may judge the same file stale; whoever finds that he moved away a newer one puts it back.
function discard(path: string, judged: string): void {
  const moved = `${path}.${nonce()}`;
  try {
    renameSync(path, moved);
    if (read(moved) !== judged) linkSync(moved, path);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(moved, { force: true });
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function nonce(): string {
  return randomBytes(6).toString('hex');
}
