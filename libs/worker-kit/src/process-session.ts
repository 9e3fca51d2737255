// Ends a payload with everything it started: its process group, and on Linux every group of its session.
import { pause } from './pause.ts';
import { readProcesses } from './process-table.ts';

const POLL_MS = 50;

/** Sends a signal (0: none) to a process group; false when there is no such group. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    // EPERM: the group is there, but became somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** TERM, then KILL after the grace to whatever is left. */
export async function endSession(session: number, graceMs: number): Promise<void> {
  const groups = await groupsOf(session);
  for (const group of groups) signalGroup(group, 'SIGTERM');
  const end = performance.now() + graceMs;
  while (performance.now() < end && groups.some((group) => signalGroup(group, 0))) await pause(POLL_MS);
  await killSession(session);
}

export async function killSession(session: number): Promise<void> {
  for (const group of await groupsOf(session)) signalGroup(group, 'SIGKILL');
}

async function groupsOf(session: number): Promise<number[]> {
  const rows = await readProcesses();
  const groups = rows.filter((row) => row.session === session && row.state !== 'Z').map((row) => row.group);
  return [...new Set([session, ...groups])];
}
