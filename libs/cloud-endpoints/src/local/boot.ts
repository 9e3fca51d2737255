// Switches a machine on: a process group in its own session, its output in a file, so that it needs nobody.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, stat } from 'node:fs/promises';
import { uptime } from 'node:os';
import { dirname, join } from 'node:path';
import type { VmId } from '@pilotfish/model';
import { RUNCMD } from './install.ts';
import { consoleFile, type MachineRecord } from './machine.ts';

/** The marker by which every process of a machine is known; payloads inherit it. */
export const MARKER = 'PILOTFISH_VM';

/**
 * `mkdir` decides who boots: asked twice for the same boot, by whomever, the second ends without having done anything.
 * Its process id is the group's; its status file stays when the commands end, and is missing after a power cut.
 */
const BOOT = `mkdir "machine/$1" 2>/dev/null || exit 0
echo $$ >"machine/$1/pid"
sleep "$2"
/bin/sh "$3"
echo $? >"machine/$1/status"`;

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export async function boot(folder: string, vmId: VmId, number: number, delayS: number): Promise<void> {
  const output = await open(consoleFile(folder), 'a', 0o600);
  try {
    const child = spawn('/bin/sh', ['-c', BOOT, 'boot', String(number), String(delayS), RUNCMD], {
      cwd: folder,
      env: {
        [MARKER]: vmId,
        PILOTFISH_ROOT: folder,
        HOME: folder,
        LANG: 'C.UTF-8',
        PATH: `${dirname(process.execPath)}:${SYSTEM_PATH}`,
      },
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    });
    child.unref();
    await once(child, 'spawn');
  } finally {
    await output.close();
  }
}

export interface BootFacts {
  /** Process group of the boot; undefined until it has begun, and after a restart of this computer. */
  readonly group: number | undefined;
  /** How its commands ended; undefined while they run, and after a power cut. */
  readonly exitCode: number | undefined;
}

export async function bootFacts(folder: string, record: MachineRecord): Promise<BootFacts> {
  const path = join(folder, 'machine', String(record.boot));
  const group = await numberIn(join(path, 'pid'));
  const begun = group === undefined ? undefined : await stat(path).catch(() => undefined);
  const isOfThisUptime = begun !== undefined && begun.mtimeMs > Date.now() - uptime() * 1000;
  return { group: isOfThisUptime ? group : undefined, exitCode: await numberIn(join(path, 'status')) };
}

async function numberIn(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^\d+\n$/.test(text) ? Number(text) : undefined;
}
