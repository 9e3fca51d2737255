import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findOutputFiles } from './output-files.ts';
import { packOutputs } from './output-sandbox.ts';

describe('output files', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outputs-'));
    for (const file of ['b.txt', 'a.txt', '.rc', 'd/x.txt', 'd/e/y.txt', 'd/e/z.dat', '@odd.txt']) {
      await mkdir(dirname(join(folder, file)), { recursive: true });
      await writeFile(join(folder, file), file);
    }
    await symlink('/etc/passwd', join(folder, 'out.txt'));
    await symlink('a.txt', join(folder, 'in.txt'));
    await symlink('..', join(folder, 'd/loop'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    [['*.txt'], ['@odd.txt', 'a.txt', 'b.txt', 'in.txt'], []],
    [['d'], ['d/e/y.txt', 'd/e/z.dat', 'd/x.txt'], []],
    [['**/*.txt'], ['@odd.txt', 'a.txt', 'b.txt', 'd/e/y.txt', 'd/x.txt', 'in.txt'], []],
    [['d/*/y.txt', './b.txt', 'b.txt'], ['b.txt', 'd/e/y.txt'], []],
    [['.rc', 'no', 'out.txt', '../*'], ['.rc'], ['no', 'out.txt', '../*']],
  ])('%j means %j; missing: %j', async (patterns, files, missing) => {
    expect(await findOutputFiles(folder, patterns)).toEqual({ files, missing });
  });

  it('are packed to the same bytes every time', async () => {
    const [one, two] = [await packOutputs(folder, ['**', '*.txt']), await packOutputs(folder, ['*.txt', '**'])];
    expect(one.archive?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(one.archive?.digest).toBe(two.archive?.digest);
  });

  it('that would be too large are not packed', async () => {
    expect(await packOutputs(folder, ['*.txt'], 50)).toMatchObject({ archive: null, tooLarge: true });
  });
});
