// Finds the files that output patterns mean. Only regular files whose real place is in the job folder are taken; a
// folder stands for everything in it.
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type PatternPart, parsePattern } from './glob.ts';
import { isInside } from './inside.ts';

export interface OutputFiles {
  /** Relative to the folder, sorted, without doubles. */
  readonly files: readonly string[];
  /** Patterns that match nothing. */
  readonly missing: readonly string[];
}

export async function findOutputFiles(folder: string, patterns: readonly string[]): Promise<OutputFiles> {
  const files = new Set<string>();
  const missing: string[] = [];
  const root = await realpath(folder);
  for (const pattern of patterns) {
    const parts = parsePattern(pattern);
    const found = parts.includes('..') ? [] : await matching(root, '', parts);
    for (const file of found) files.add(file);
    if (found.length === 0) missing.push(pattern);
  }
  return { files: [...files].sort(), missing };
}

async function matching(root: string, at: string, parts: readonly PatternPart[]): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return everythingAt(root, at);
  if (part === '**') return anyDepth(root, at, rest);
  if (typeof part === 'string') return matching(root, join(at, part), rest);
  const names = (await entries(root, at)).map(({ name }) => name).filter(part);
  return flat(names.map((name) => matching(root, join(at, name), rest)));
}

async function anyDepth(root: string, at: string, rest: readonly PatternPart[]): Promise<string[]> {
  const folders = (await entries(root, at)).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
  return flat([matching(root, at, rest), ...folders.map(({ name }) => anyDepth(root, join(at, name), rest))]);
}

async function everythingAt(root: string, at: string): Promise<string[]> {
  const real = await realpath(join(root, at)).catch(() => undefined);
  if (real === undefined || !isInside(root, real)) return [];
  const found = await stat(real);
  if (found.isFile()) return [at];
  if (!found.isDirectory()) return [];
  // Links to folders aren't followed: they can run in circles.
  const inside = (await entries(root, at)).filter((entry) => entry.isFile() || entry.isDirectory());
  return flat(inside.map(({ name }) => everythingAt(root, join(at, name))));
}

async function entries(root: string, at: string): Promise<Dirent[]> {
  return readdir(join(root, at), { withFileTypes: true }).catch(() => []);
}

async function flat(lists: readonly Promise<string[]>[]): Promise<string[]> {
  return (await Promise.all(lists)).flat();
}
