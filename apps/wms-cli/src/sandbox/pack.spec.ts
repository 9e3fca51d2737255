import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { list, type ReadEntry } from 'tar';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../run.fixture.ts';
import { packSandbox } from './pack.ts';
import { readSandboxFiles } from './sandbox-files.ts';

const file = (name: string, text: string, executable = false) => ({ name, content: Buffer.from(text), executable });

async function entriesOf(bytes: Uint8Array): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = [];
  const parser = list({ onReadEntry: (entry) => void entries.push(entry) });
  await new Promise<void>((resolve, reject) => parser.on('end', resolve).on('error', reject).end(Buffer.from(bytes)));
  return entries;
}

describe('packSandbox', () => {
  it('gives the same bytes for the same files in any order', () => {
    const files = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.string(), fc.boolean()), {
      selector: ([name]) => name,
      minLength: 1,
    });
    fc.assert(
      fc.property(files, (found) => {
        const packed = found.map(([name, text, executable]) => file(name, text, executable));
        expect(packSandbox(packed.toReversed()).bytes).toEqual(packSandbox(packed).bytes);
      }),
    );
  });

  it('says nothing of owners and times', async () => {
    const [first, second] = await entriesOf(packSandbox([file('b', 'x', true), file('a', 'yy')]).bytes);
    expect(first).toMatchObject({ path: 'a', size: 2, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0) });
    expect(second).toMatchObject({ path: 'b', size: 1, mode: 0o755 });
  });

  it('keeps long names', async () => {
    const name = `${'folder/'.repeat(60)}ä file`;
    const [entry] = await entriesOf(packSandbox([file(name, 'x')]).bytes);
    expect(entry?.path).toBe(name);
  });

  it('refuses two different files of one name and takes the same one twice', () => {
    expect(() => packSandbox([file('a', 'x'), file('a', 'y')])).toThrow(/named a/);
    expect(packSandbox([file('a', 'x'), file('a', 'x')]).digest).toBe(packSandbox([file('a', 'x')]).digest);
  });
});

describe('readSandboxFiles', () => {
  it('gives the same sandbox after files were touched, and names them by themselves', async () => {
    const folder = await emptyFolder();
    await mkdir(join(folder, 'data', 'deep'), { recursive: true });
    await writeFile(join(folder, 'data', 'deep', 'x.txt'), 'x');
    await writeFile(join(folder, 'data', 'run.sh'), '#!/bin/sh\n');
    await chmod(join(folder, 'data', 'run.sh'), 0o700);
    await symlink('deep/x.txt', join(folder, 'data', 'link.txt'));
    const read = () => readSandboxFiles(['data', 'data/run.sh'], [folder]);
    const files = await read();
    expect(files.map(({ name, executable }) => [name, executable]).sort()).toEqual([
      ['data/deep/x.txt', false],
      ['data/link.txt', false],
      ['data/run.sh', true],
      ['run.sh', true],
    ]);
    await utimes(join(folder, 'data', 'run.sh'), 1, 1);
    expect(packSandbox(await read()).digest).toBe(packSandbox(files).digest);
  });

  it('looks in every folder and names what it could not find', async () => {
    const [first, second] = [await emptyFolder(), await emptyFolder()];
    await writeFile(join(second, 'a.txt'), 'a');
    expect(await readSandboxFiles(['a.txt'], [first, second])).toHaveLength(1);
    await expect(readSandboxFiles(['b.txt'], [first, second])).rejects.toThrow(/no input file b.txt/);
  });
});
