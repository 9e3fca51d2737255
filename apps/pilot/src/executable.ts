// Which file a payload starts: one in the job folder first, else whatever PATH has.
import { chmod, open, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { isInside } from './inside.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

const HEAD_BYTES = 512;

/** `folder`: the payload's cwd. A file found there is made executable; a text without `#!` is given to /bin/sh. */
export async function commandOf(executable: string, args: readonly string[], folder: string): Promise<Command> {
  const path = join(folder, executable);
  if (isAbsolute(executable) || !isInside(folder, path)) return { file: executable, args };
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return { file: executable, args };
  if ((found.mode & 0o111) !== 0o111) await chmod(path, found.mode | 0o755);
  return (await isBareScript(path)) ? { file: '/bin/sh', args: [path, ...args] } : { file: path, args };
}

async function isBareScript(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const head = buffer.subarray(0, bytesRead);
    return !head.includes(0) && head.toString('latin1', 0, 2) !== '#!';
  } finally {
    await file.close();
  }
}
