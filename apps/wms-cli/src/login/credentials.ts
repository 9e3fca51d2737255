// The saved login: one JSON file that only its owner can read.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Secret, WmsError } from '@pilotfish/model';
import { z } from 'zod';

const stored = z.object({ url: z.string(), token: z.string().min(1) });

export interface Login {
  readonly url: string;
  readonly token: Secret;
}

/** Undefined when nobody has logged in. */
export async function readCredentials(file: string): Promise<Login | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { url, token } = parse(text, file);
  return { url, token: new Secret(token) };
}

function parse(text: string, file: string): z.output<typeof stored> {
  try {
    return stored.parse(JSON.parse(text));
  } catch {
    throw new WmsError('unauthenticated', `${file} can't be understood; remove it and log in again`);
  }
}

/** Whoever reads meanwhile sees the old or the new file; it never has another mode than 0600. */
export async function writeCredentials(file: string, { url, token }: Login): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, `${JSON.stringify({ url, token: token.reveal() }, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** False when there was none. */
export async function eraseCredentials(file: string): Promise<boolean> {
  try {
    await rm(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
