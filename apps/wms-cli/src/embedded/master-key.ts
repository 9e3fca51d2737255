// The key that all stored credentials are sealed with: 32 random bytes, made once, readable by its owner only.
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WmsError } from '@pilotfish/model';

const BYTES = 32;

/** The path of the key file. @throws WmsError when it is not a key: a new one could not open what is stored. */
export function ensureMasterKey(dataDir: string): string {
  const path = join(dataDir, 'master.key');
  const length = lengthOf(path);
  if (length === undefined) {
    // It appears whole or not at all.
    writeFileSync(`${path}.new`, randomBytes(BYTES), { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  } else if (length !== BYTES) {
    throw new WmsError('unavailable', `${path} has ${length} bytes and not ${BYTES}: put back the right one.`);
  }
  chmodSync(path, 0o600);
  return path;
}

function lengthOf(path: string): number | undefined {
  try {
    return readFileSync(path).length;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
