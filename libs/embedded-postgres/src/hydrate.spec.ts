import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hydrate } from './hydrate.ts';

let base: string;
let native: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'hydrate-'));
  native = join(base, 'native');
  await mkdir(join(native, 'bin'), { recursive: true });
  await mkdir(join(native, 'lib'));
  await writeFile(join(native, 'bin', 'postgres'), 'program', { mode: 0o600 });
  await writeFile(join(native, 'lib', 'libpq.so.5.18'), 'library');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
});
afterEach(() => rm(base, { recursive: true }));

test('makes the links and modes an install script would have made', async () => {
  const target = join(base, 'copy');
  await hydrate(native, target);
  expect(await readFile(join(target, 'lib', 'libpq.so.5'), 'utf8')).toBe('library');
  expect((await stat(join(target, 'bin', 'postgres'))).mode & 0o777).toBe(0o755);
  expect((await stat(join(target, 'lib'))).mode & 0o777).toBe(0o755);
});

test('several at once make one copy and leave nothing else', async () => {
  await Promise.all(Array.from({ length: 5 }, () => hydrate(native, join(base, 'copy'))));
  expect((await readdir(base)).sort()).toEqual(['copy', 'native']);
  expect(await readFile(join(base, 'copy', 'bin', 'postgres'), 'utf8')).toBe('program');
});

test('replaces a copy that lost a file', async () => {
  const target = join(base, 'copy');
  await hydrate(native, target);
  await rm(join(target, 'bin', 'postgres'));
  await hydrate(native, target);
  expect(await readFile(join(target, 'bin', 'postgres'), 'utf8')).toBe('program');
  expect((await readdir(base)).sort()).toEqual(['copy', 'native']);
});
