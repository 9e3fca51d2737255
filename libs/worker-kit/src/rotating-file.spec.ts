import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RotatingFile } from './rotating-file.ts';

describe('a rotating file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rotating-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('keeps the newest lines, and no more files than told', async () => {
    const file = new RotatingFile(join(folder, 'a.log'), 100, 2);
    for (let line = 0; line < 60; line += 1) {
      file.write(`line ${line}\n`);
      await file.flushed();
    }
    expect((await readdir(folder)).sort()).toEqual(['a.log', 'a.log.1', 'a.log.2']);
    expect(await readFile(join(folder, 'a.log'), 'utf8')).toMatch(/line 59\n$/);
    expect(file.tail(20)).toBe('line 58\nline 59\n');
  });

  it('goes on after a disk that took nothing', async () => {
    const file = new RotatingFile(join(folder, 'no/such/folder.log'));
    file.write('lost\n');
    await file.flushed();
    expect(file.tail(100)).toBe('lost\n');
  });
});
