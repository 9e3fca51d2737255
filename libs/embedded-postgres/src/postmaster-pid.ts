// What postmaster.pid says about a server that runs, or ran, on a cluster (PostgreSQL: src/include/utils/pidfile.h).
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commandLine } from './process-table.ts';

export interface PostmasterPid {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `stopping`, `ready` or `standby`; empty while it is too early to tell. */
  readonly status: string;
}

export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? '' };
}

export function readPostmasterPid(folder: string): PostmasterPid | undefined {
  try {
    return parsePostmasterPid(readFileSync(join(folder, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

export function removePostmasterPid(folder: string): void {
  rmSync(join(folder, 'postmaster.pid'), { force: true });
}

/** Whether the process is the postmaster of this cluster; `undefined` where the system does not tell. */
export function isPostmasterOf(pid: number, folder: string): boolean | undefined {
  const args = commandLine(pid);
  if (args === undefined) return undefined;
  const given = args[args.indexOf('-D') + 1];
  return basename(args[0] ?? '') === 'postgres' && args.includes('-D') && sameFolder(given ?? '', folder);
}

export function sameFolder(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return one === other;
  }
}
