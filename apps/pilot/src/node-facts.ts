// What the node is, asked once: platform names to offer and the units of the process table.
import { execFile } from 'node:child_process';
import { machine, type } from 'node:os';
import { promisify } from 'node:util';
import type { Units } from './payload-watch.ts';

const run = promisify(execFile);

/** Most specific first, in DIRAC's spelling: Linux_x86_64_glibc-2.36, Linux_x86_64, Linux. */
export function platformNames(system: string, architecture: string, libc: string | undefined): string[] {
  const names = [`${system}_${architecture}`, system];
  return libc === undefined ? names : [`${system}_${architecture}_${libc}`, ...names];
}

export async function readPlatforms(): Promise<string[]> {
  // "glibc 2.36"; musl and other systems don't know the variable.
  const libc = /^glibc (\S+)$/.exec((await getconf('GNU_LIBC_VERSION')) ?? '')?.[1];
  return platformNames(type(), machine(), libc === undefined ? undefined : `glibc-${libc}`);
}

export async function readUnits(): Promise<Units> {
  const [ticks, page] = await Promise.all([getconf('CLK_TCK'), getconf('PAGESIZE')]);
  return { ticks: Number(ticks) || 100, page: Number(page) || 4096 };
}

async function getconf(name: string): Promise<string | undefined> {
  try {
    return (await run('getconf', [name])).stdout.trim();
  } catch {
    return undefined;
  }
}
