import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { requireOurs } from './places.ts';

/** Removes a stopped cluster for good, the part of it included that had to live outside of `dataDir`. */
export function removePostgresData(dataDir: string): void {
  const elsewhere = locationOf(dataDir);
  if (elsewhere !== undefined && existsSync(elsewhere) && basename(elsewhere).startsWith('pilotfish-pg-data-')) {
    requireOurs(elsewhere);
    rmSync(elsewhere, { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
}

function locationOf(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, 'location'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
