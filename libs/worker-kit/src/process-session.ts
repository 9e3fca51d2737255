// Ends a payload with everything it started: its process group, and on Linux every group of its session.
import { pause } from './pause.ts';
import { readProcesses } from './process-table.ts';

const POLL_MS = 50;
/** The table is dear, a signal is cheap but also finds zombies. */
const LOOKS_PER_TABLE = 4;

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
  for (const group of await groupsOf(session)) signalGroup(group, 'SIGTERM');
  const end = performance.now() + graceMs;
  for (let looks = 1; performance.now() < end; looks += 1) {
    await pause(POLL_MS);
    if (!signalGroup(session, 0) || looks % LOOKS_PER_TABLE === 0) {
      if ((await groupsOf(session)).length === 0) return;
    }
  }
  await killSession(session);
}

/** False when there was nothing left to kill. */
export async function killSession(session: number): Promise<boolean> {
  const groups = await groupsOf(session);
  for (const group of groups) signalGroup(group, 'SIGKILL');
  return groups.length > 0;
}

/** Groups with a process that isn't merely waiting to be reaped. */
async function groupsOf(session: number): Promise<number[]> {
  const rows = await readProcesses();
  if (rows.length === 0) return signalGroup(session, 0) ? [session] : [];
  const live = rows.filter((row) => row.session === session && row.state !== 'Z');
  return [...new Set(live.map((row) => row.group))];
}
