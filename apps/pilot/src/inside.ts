import { relative } from 'node:path';

/** Whether a path is the folder or below it; says nothing about links. */
export function isInside(folder: string, path: string): boolean {
  return !/^\.\.(\/|$)/.test(relative(folder, path));
}
