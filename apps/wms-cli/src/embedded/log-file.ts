// A child's output, straight into a file so that it goes on whatever becomes of the supervisor. The file is opened
// for appending, so it can be copied away and emptied under the child's hands.
import { closeSync, copyFileSync, fstatSync, openSync, readSync, renameSync, statSync, truncateSync } from 'node:fs';

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT = 3;

/** A file descriptor to give to a child and close afterwards. */
export function openLogFile(path: string): number {
  return openSync(path, 'a', 0o600);
}

/** Beyond `maxBytes` the file becomes `<path>.1`, the one before `.2`, and so on; lines written meanwhile may be lost. */
export function rotateLogFile(path: string, maxBytes = MAX_BYTES): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= maxBytes) return;
  for (let at = KEPT - 1; at >= 1; at--) {
    if (statSync(`${path}.${at}`, { throwIfNoEntry: false })) renameSync(`${path}.${at}`, `${path}.${at + 1}`);
  }
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/** The last lines, for an error message. */
export function tailOf(path: string, maxBytes = 4_000): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const buffer = Buffer.alloc(Math.min(size, maxBytes));
    const read = readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const text = buffer.toString('utf8', 0, read);
    return (size > maxBytes ? text.slice(text.indexOf('\n') + 1) : text).trimEnd();
  } finally {
    closeSync(file);
  }
}
