// What programs cost while a bench runs, from /proc: processor time and memory. Elsewhere than on Linux nothing is known.
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ, 100 on every Linux that Node runs on (proc(5)). */
const MS_PER_TICK = 10;

interface Stat {
  readonly parent: number;
  /** ms of processor time, its own. */
  readonly own: number;
  /** ms of its ended children. */
  readonly ended: number;
}

function statOf(pid: number): Stat | undefined {
  const text = read(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name in brackets may hold blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (...at: number[]) => at.reduce((sum, index) => sum + Number(fields[index]), 0) * MS_PER_TICK;
  return { parent: Number(fields[1]), own: ticks(11, 12), ended: ticks(13, 14) };
}

/** ms of processor time used so far by a process and its children, those that have ended included. */
export function cpuMsOf(pid: number): number | undefined {
  const parent = statOf(pid);
  if (parent === undefined) return undefined;
  const children = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    return stat?.parent === pid ? [stat.own + stat.ended] : [];
  });
  return children.reduce((sum, ms) => sum + ms, parent.own + parent.ended);
}

/** ms that all processors of the machine have been busy since it started. */
export function machineBusyMs(): number | undefined {
  const line = read('/proc/stat')?.split('\n', 1)[0];
  const [user, nice, system, , , irq, softirq] = (line ?? '').split(/\s+/).slice(1).map(Number);
  if (softirq === undefined) return undefined;
  return (user! + nice! + system! + irq! + softirq) * MS_PER_TICK;
}

/** MiB resident: now, and at most since it started. */
export function memoryOf(pid: number): { readonly nowMb: number; readonly peakMb: number } | undefined {
  const text = read(`/proc/${pid}/status`);
  const mb = (name: string) => Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text ?? '')?.[1]) / 1024);
  return text === undefined ? undefined : { nowMb: mb('VmRSS'), peakMb: mb('VmHWM') };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
