// Processes of a service's VMs, told by the mark that each carries in its environment and by its folder.
import { readdirSync, readFileSync } from 'node:fs';

export interface Found {
  readonly pid: number;
  readonly command: string;
}

/** Linux only: elsewhere there is no /proc to look through. */
export function processesOf(folder: string, program?: string): readonly Found[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const environment = read(`/proc/${pid}/environ`);
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    if (!environment.includes('PILOTFISH_VM=') || !(environment + command).includes(folder)) return [];
    return program === undefined || command.includes(program) ? [{ pid: Number(pid), command }] : [];
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
