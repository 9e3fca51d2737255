// Which entries of a user's archive are refused: those that could write or point outside the job folder.
import { posix } from 'node:path';

export interface ArchiveEntry {
  readonly path: string;
  readonly type: string;
  readonly linkpath?: string | undefined;
}

const PLAIN = ['File', 'OldFile', 'ContiguousFile', 'Directory', 'GNUDumpDir'];

/**
 * Why the entry is refused, or undefined. A link may go up only at its start and not beyond the folder: since nothing
 * is ever unpacked through a link, the folder it starts from is a real one, and so a chain of links stays inside too.
 */
export function unsafeEntry({ path, type, linkpath }: ArchiveEntry): string | undefined {
  if (isOutside(path)) return `“${path}” leads out of the job folder`;
  if (PLAIN.includes(type)) return undefined;
  if (type !== 'SymbolicLink' && type !== 'Link')
    return `“${path}” is a ${type}; only files, folders and links may be packed`;
  const target = linkpath ?? '';
  const from = type === 'Link' ? '' : posix.dirname(posix.normalize(path));
  const ups = leadingUps(target);
  const depth = from === '' || from === '.' ? 0 : from.split('/').length;
  if (target === '' || isAbsolute(target) || ups === undefined || ups > depth) {
    return `“${path}” links to “${target}”, outside the job folder`;
  }
  return undefined;
}

function isOutside(path: string): boolean {
  return path === '' || path.includes('\0') || isAbsolute(path) || path.split(/[/\\]/).includes('..');
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[A-Za-z]:)/.test(path);
}

/** How many `..` the path starts with; undefined when one stands further in. */
function leadingUps(path: string): number | undefined {
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  const ups = parts.findIndex((part) => part !== '..');
  const count = ups < 0 ? parts.length : ups;
  return parts.slice(count).includes('..') ? undefined : count;
}
