// What the VM feels like: load, processors, memory, disk.
import { readFile, statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';

const MIB = 1024 * 1024;

export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

export class Health {
  readonly #folder: string;
  #last = cpuTimes();

  /** `folder`: whose disk is measured. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Processors are measured since the last call. */
  async measure(pilotRunning: boolean) {
    const now = cpuTimes();
    const cpuBusy = busyShare(this.#last, now);
    this.#last = now;
    const available = availableMemory(await readFile('/proc/meminfo', 'utf8').catch(() => '')) ?? freemem();
    const disk = await statfs(this.#folder).catch(() => undefined);
    return {
      load1: loadavg()[0] ?? 0,
      cpuBusy,
      memoryUsedMb: Math.round((totalmem() - available) / MIB),
      memoryTotalMb: Math.round(totalmem() / MIB),
      diskFreeMb: disk === undefined ? 0 : Math.round((disk.bavail * disk.bsize) / MIB),
      uptimeS: Math.round(uptime()),
      pilotRunning,
    };
  }
}

/** Share of all cores between two readings, 0 to 1. */
export function busyShare(before: CpuTimes, after: CpuTimes): number {
  const total = after.total - before.total;
  if (total <= 0) return 0;
  return Math.min(1, Math.max(0, (after.busy - before.busy) / total));
}

/** Bytes, from /proc/meminfo; page cache that can be dropped counts as available. */
export function availableMemory(meminfo: string): number | undefined {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

function cpuTimes(): CpuTimes {
  const sum = { busy: 0, total: 0 };
  for (const { times } of cpus()) {
    const busy = times.user + times.nice + times.sys + times.irq;
    sum.busy += busy;
    sum.total += busy + times.idle;
  }
  return sum;
}
