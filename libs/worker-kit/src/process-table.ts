// The Linux process table, as far as payloads are concerned (proc_pid_stat(5)). Empty on other systems.
import { readdir, readFile } from 'node:fs/promises';

export interface ProcessRow {
  readonly pid: number;
  readonly state: string;
  readonly group: number;
  readonly session: number;
  /** CPU of the process and of its waited-for children, in clock ticks. */
  readonly cpuTicks: number;
  /** Clock ticks since boot. */
  readonly startTicks: number;
  readonly rssPages: number;
}

/** Reads one line of /proc/<pid>/stat; the name in brackets may itself hold blanks and brackets. */
export function parseStat(line: string): ProcessRow | undefined {
  const close = line.lastIndexOf(')');
  const fields = line.slice(close + 2).split(' ');
  if (close < 0 || fields.length < 22) return undefined;
  const at = (field: number) => Number(fields[field - 3]);
  return {
    pid: Number.parseInt(line, 10),
    state: fields[0]!,
    group: at(5),
    session: at(6),
    cpuTicks: at(14) + at(15) + at(16) + at(17),
    startTicks: at(22),
    rssPages: at(24),
  };
}

export async function readProcess(pid: number): Promise<ProcessRow | undefined> {
  try {
    return parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

let reading: Promise<ProcessRow[]> | undefined;

/** All processes; callers at the same time share one reading. */
export function readProcesses(): Promise<ProcessRow[]> {
  reading ??= readTable().finally(() => {
    reading = undefined;
  });
  return reading;
}

async function readTable(): Promise<ProcessRow[]> {
  const names = await readdir('/proc').catch(() => []);
  const rows = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => readProcess(Number(name))));
  return rows.filter((row) => row !== undefined);
}
