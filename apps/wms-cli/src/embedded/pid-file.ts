// Children that outlived a killed supervisor: found by their pid files, let finish, ended if they don't.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isRunning, type ProcessIdentity, parseIdentity } from './process-identity.ts';

/** A service leaves by itself within ten seconds of losing its supervisor. */
const LEAVE_LIMIT_MS = 12_000;
const POLL_MS = 50;

export function writePidFile(runDir: string, name: string, pid: number): void {
  const identity = identify(pid);
  if (identity !== undefined) writeFileSync(join(runDir, `${name}.json`), JSON.stringify(identity), { mode: 0o600 });
}

export function removePidFile(runDir: string, name: string): void {
  rmSync(join(runDir, `${name}.json`), { force: true });
}

/** Resolves when no child of an earlier supervisor runs any more. */
export async function endLeftovers(runDir: string, log: (line: string) => void): Promise<void> {
  mkdirSync(runDir, { recursive: true, mode: 0o700 });
  const files = readdirSync(runDir).filter((file) => file.endsWith('.json'));
  await Promise.all(files.map((file) => endLeftover(join(runDir, file), log)));
}

async function endLeftover(path: string, log: (line: string) => void): Promise<void> {
  const identity = parseIdentity(readFileSync(path, 'utf8'));
  if (identity !== undefined && isRunning(identity)) {
    log(`ending process ${identity.pid}, left behind by an earlier start`);
    await end(identity);
  }
  rmSync(path, { force: true });
}

async function end(identity: ProcessIdentity): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (isRunning(identity)) process.kill(identity.pid, signal);
    for (let waited = 0; waited < LEAVE_LIMIT_MS && isRunning(identity); waited += POLL_MS) await delay(POLL_MS);
  }
}
