// work/<job>.<n>/: job/ is the payload's cwd and home, tmp/ its TMPDIR, meta.json names its process session.
import { closeSync, constants, open as openCallback } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { AttemptRef } from '@pilotfish/api-contract';
import { attemptKey } from './attempt.ts';
import { isInside } from './inside.ts';

export interface JobFolder {
  readonly path: string;
  readonly job: string;
  readonly tmp: string;
  readonly markFile: string;
}

/** File descriptors. Both may be the same file; then `stderr` is `stdout`. */
export interface OpenStreams {
  readonly stdout: number;
  readonly stderr: number;
}

const open = promisify(openCallback);
const { O_RDWR, O_CREAT, O_TRUNC, O_APPEND, O_NOFOLLOW } = constants;

export async function makeJobFolder(work: string, ref: AttemptRef): Promise<JobFolder> {
  const path = join(work, attemptKey(ref));
  const folder = { path, job: join(path, 'job'), tmp: join(path, 'tmp'), markFile: join(path, 'meta.json') };
  await mkdir(folder.job, { recursive: true });
  await mkdir(folder.tmp, { recursive: true });
  return folder;
}

/**
 * Opens the stream files under the names the user chose, so that output patterns find them. They are read back
 * through the same descriptors: a payload that swaps the file for a link gains nothing.
 */
export async function openStreams(folder: JobFolder, stdout: string, stderr: string): Promise<OpenStreams> {
  const out = await openStream(folder, stdout);
  if (join(folder.job, stdout) === join(folder.job, stderr)) return { stdout: out, stderr: out };
  try {
    return { stdout: out, stderr: await openStream(folder, stderr) };
  } catch (error) {
    closeSync(out);
    throw error;
  }
}

export function closeStreams({ stdout, stderr }: OpenStreams): void {
  closeSync(stdout);
  if (stderr !== stdout) closeSync(stderr);
}

async function openStream(folder: JobFolder, name: string): Promise<number> {
  const path = join(folder.job, name);
  if (!isInside(folder.job, path)) throw new Error(`${name} leads out of the job folder`);
  if (name.includes('/')) await mkdir(dirname(path), { recursive: true });
  return open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0o644);
}
