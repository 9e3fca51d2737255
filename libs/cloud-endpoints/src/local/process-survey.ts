// Which processes belong to which machine. On Linux the marker in a process's environment tells, and what descends from
// a marked process belongs too, whatever it did to its environment. Elsewhere only the boot's process group is known.
import { readdirSync, readFileSync } from 'node:fs';
import type { VmId } from '@pilotfish/model';
import { MARKER } from './boot.ts';

export interface ProcessSurvey {
  /** Targets for `process.kill`: process ids, or a negative group where there is no better knowledge. */
  of(vmId: VmId, group: number | undefined): readonly number[];
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly vmId: string | undefined;
}

export function surveyProcesses(): ProcessSurvey {
  const all = processTable();
  if (all === undefined) {
    return { of: (_vmId, group) => (group !== undefined && isAlive(-group) ? [-group] : []) };
  }
  const owners = ownersOf(all);
  return { of: (vmId) => [...owners].filter(([, owner]) => owner === vmId).map(([pid]) => pid) };
}

/** A zombie nobody has waited for counts as dead. */
export function isAlive(target: number): boolean {
  try {
    process.kill(target, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const state = target > 0 ? statFields(target)?.[0] : undefined;
  return state !== 'Z' && state !== 'X';
}

function ownersOf(all: readonly Seen[]): Map<number, string> {
  const owners = new Map<number, string>();
  for (const { pid, vmId } of all) if (vmId !== undefined) owners.set(pid, vmId);
  // Again until nothing is added: a child may come before its parent.
  for (let before = -1; before !== owners.size; ) {
    before = owners.size;
    for (const { pid, parent, group } of all) {
      const heir = owners.get(parent) ?? owners.get(group);
      if (heir !== undefined && !owners.has(pid)) owners.set(pid, heir);
    }
  }
  // We may ourselves be a payload of somebody's machine, but never of one we rule.
  owners.delete(process.pid);
  return owners;
}

function processTable(): readonly Seen[] | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
  if (names.length === 0) return undefined;
  return names.flatMap((name) => {
    const fields = statFields(Number(name));
    const [state, parent, group] = fields ?? [];
    if (state === undefined || state === 'Z' || state === 'X') return [];
    return [{ pid: Number(name), parent: Number(parent), group: Number(group), vmId: markOf(name) }];
  });
}

/** Undefined also for other users' processes, whose environment can't be read. */
function markOf(pid: string): string | undefined {
  const text = `\0${readProc(`/proc/${pid}/environ`) ?? ''}`;
  const at = text.indexOf(`\0${MARKER}=`);
  return at < 0 ? undefined : text.slice(at + MARKER.length + 2).split('\0', 1)[0];
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
