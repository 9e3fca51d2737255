// What the operating system says about a process id. Ids get reused and a zombie still accepts signals, so "the id
// exists" is never enough: on Linux /proc tells more, elsewhere the answers are `undefined` and callers ask otherwise.
import { readFileSync } from 'node:fs';

/** True while the process can still do something; a zombie nobody has waited for counts as dead. */
export function isAlive(pid: number): boolean {
  const state = statFields(pid)?.[0];
  return isTaken(pid) && state !== 'Z' && state !== 'X';
}

/** True while the id belongs to anything at all, zombies (a container without an init keeps them) included. */
export function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start time in clock ticks since boot (Linux only): with the id it names one process for good. */
export function startedAt(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** The arguments it was started with (Linux only); empty for a zombie. */
export function commandLine(pid: number): readonly string[] | undefined {
  const text = readProc(`/proc/${pid}/cmdline`);
  return text?.split('\0').slice(0, -1);
}

// proc(5): the command name in parentheses may itself hold spaces and parentheses; field 3 (state) follows the last one.
function statFields(pid: number): readonly string[] | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
