// A running server in our care, whether we started it or found it: noticing its end, and ending it.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { WmsError } from '@pilotfish/model';
import { isAlive, startedAt } from './process-table.ts';

const POLL_MS = 200;
/** Fast shutdown waits for a checkpoint, which a slow disk can make long. */
const FAST_LIMIT_MS = 30_000;
/** The postmaster itself kills what does not obey after five seconds. */
const IMMEDIATE_LIMIT_MS = 15_000;

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Settles once, with a sentence about how it ended. */
  readonly ended: Promise<string>;
  signal(signal: 'SIGINT' | 'SIGQUIT'): void;
}

export function ownPostmaster(child: ChildProcess, port: number): Postmaster {
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`PostgreSQL could not be started: ${error.message}`));
    child.once('exit', (code, signal) => resolve(`PostgreSQL ended with ${signal ?? `status ${code}`}`));
  });
  return { pid: child.pid ?? 0, port, ended, signal: (signal) => void child.kill(signal) };
}

/** One that a starter before us left; nobody tells us of its end, so we look. */
export function adoptedPostmaster(pid: number, port: number): Postmaster {
  const since = startedAt(pid);
  const isThere = () => isAlive(pid) && startedAt(pid) === since;
  const ended = new Promise<string>((resolve) => {
    const timer = setInterval(() => {
      if (isThere()) return;
      clearInterval(timer);
      resolve('PostgreSQL ended');
    }, POLL_MS);
    timer.unref();
  });
  return { pid, port, ended, signal: (signal) => void (isThere() && process.kill(pid, signal)) };
}

/** Fast shutdown, then immediate (which means crash recovery at the next start). */
export async function stopPostmaster(postmaster: Postmaster): Promise<void> {
  postmaster.signal('SIGINT');
  if (await endsWithin(postmaster, FAST_LIMIT_MS)) return;
  postmaster.signal('SIGQUIT');
  if (await endsWithin(postmaster, IMMEDIATE_LIMIT_MS)) return;
  throw new WmsError('unavailable', `PostgreSQL (process ${postmaster.pid}) does not stop: end it by hand.`);
}

export async function endsWithin(postmaster: Postmaster, limitMs: number): Promise<boolean> {
  const enough = new AbortController();
  const limit = delay(limitMs, false, { signal: enough.signal }).catch(() => false);
  const ended = await Promise.race([postmaster.ended.then(() => true), limit]);
  enough.abort();
  return ended;
}
