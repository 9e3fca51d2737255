// The machine a figure was measured on: without it the figure says nothing.
import { cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpus: number;
  readonly model: string;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
  /** Of the last 1, 5 and 15 minutes, before the bench began. */
  readonly load_before: readonly number[];
}

export function machineFacts(): Machine {
  const all = cpus();
  return {
    cpus: all.length,
    model: all[0]?.model.trim() ?? 'unknown',
    memory_gib: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    load_before: loadavg().map((value) => Math.round(value * 100) / 100),
  };
}
