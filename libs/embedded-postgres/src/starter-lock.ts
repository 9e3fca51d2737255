// One starter per data folder: a lock file made by exclusive open, naming its holder by pid and start time, kept for
// as long as the server is in that starter's care. A holder that died leaves a file the next starter may take over.
import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { WmsError } from '@pilotfish/model';
import { isAlive, startedAt } from './process-table.ts';

/** A file just created may not have its text yet; after this long an empty one is what a crash left. */
const EMPTY_GRACE_MS = 5_000;

export interface StarterLock {
  release(): void;
}

/** @throws WmsError `unavailable` with the flaw pointer `/dataDir` while another starter, or this one, holds it. */
export function takeStarterLock(dataDir: string): StarterLock {
  const path = join(dataDir, 'starter.lock');
  const mine = JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid), nonce: nonce() });
  for (let attempt = 0; attempt < 10; attempt++) {
    if (createExclusive(path, mine)) return { release: () => releaseIfMine(path, mine) };
    const found = readLock(path);
    if (found === undefined) continue;
    refuseIfHeld(path, found, dataDir);
    discard(path, found);
  }
  throw inUse(dataDir, 'several starters are racing for it');
}

function createExclusive(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeSync(file, text);
  closeSync(file);
  return true;
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function refuseIfHeld(path: string, text: string, dataDir: string): void {
  const holder = parseHolder(text);
  if (holder === undefined) {
    const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (text === '' && age < EMPTY_GRACE_MS) throw inUse(dataDir, 'another starter has just begun');
    return;
  }
  if (isAlive(holder.pid) && startedAt(holder.pid) === holder.startedAt) {
    throw inUse(
      dataDir,
      `process ${holder.pid} runs it; stop that one first, or, if it is no Pilotfish, remove ${path}`,
    );
  }
}

function parseHolder(text: string): { pid: number; startedAt: string | undefined } | undefined {
  try {
    const { pid, startedAt: since } = JSON.parse(text);
    return Number.isInteger(pid) && pid > 0 ? { pid, startedAt: since } : undefined;
  } catch {
    return undefined;
  }
}

// Two starters may judge the same file stale; the slower one could move away the faster one's new lock. Whoever
// finds he moved something else than he judged puts it back.
function discard(path: string, judged: string): void {
  const moved = `${path}.${nonce()}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    if (readLock(moved) !== judged) linkSync(moved, path);
  } finally {
    rmSync(moved, { force: true });
  }
}

function releaseIfMine(path: string, mine: string): void {
  if (readLock(path) === mine) rmSync(path, { force: true });
}

function inUse(dataDir: string, why: string): WmsError {
  return new WmsError('unavailable', `The database folder ${dataDir} is in use: ${why}.`, [
    { pointer: '/dataDir', detail: why },
  ]);
}

function nonce(): string {
  return randomBytes(6).toString('hex');
}
