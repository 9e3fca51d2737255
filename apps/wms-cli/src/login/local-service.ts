// Finds a service that `wms up` runs from this checkout or folder, so that its operator needs no login.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '@pilotfish/model';
import { z } from 'zod';
import type { Login } from './credentials.ts';

const DATA = join('.pilotfish', 'data');
const announcement = z.object({ url: z.string().min(1) });

/** The first folder with an announced service whose operator token the caller may read. */
export async function findLocalService(folders: readonly string[]): Promise<Login | undefined> {
  for (const folder of new Set(folders)) {
    const url = await announcedUrl(join(folder, DATA, 'run', 'service.json'));
    const token =
      url &&
      ((await textOf(join(folder, DATA, 'run', 'operator-token'))) ??
        (await textOf(join(folder, DATA, 'operator-token'))));
    if (url && token) return { url, token: new Secret(token) };
  }
  return undefined;
}

async function announcedUrl(file: string): Promise<string | undefined> {
  try {
    return announcement.parse(JSON.parse((await textOf(file)) ?? '')).url;
  } catch {
    return undefined;
  }
}

async function textOf(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() || undefined;
}
