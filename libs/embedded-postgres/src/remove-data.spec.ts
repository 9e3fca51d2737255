import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removePostgresData } from './remove-data.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'pilotfish-spec-'));

it('removes a cluster that lies elsewhere with its data folder', () => {
  const [dataDir, parent] = [folder(), folder()];
  const elsewhere = join(parent, 'pilotfish-pg-data-abc');
  mkdirSync(join(elsewhere, 'cluster'), { recursive: true, mode: 0o711 });
  writeFileSync(join(dataDir, 'location'), `${elsewhere}\n`);
  removePostgresData(dataDir);
  expect([existsSync(dataDir), existsSync(elsewhere)]).toEqual([false, false]);
});

it('never follows a note to a folder that is not the launcher’s', () => {
  const [dataDir, precious] = [folder(), folder()];
  writeFileSync(join(dataDir, 'location'), `${precious}\n`);
  removePostgresData(dataDir);
  expect([existsSync(dataDir), existsSync(precious)]).toEqual([false, true]);
});
