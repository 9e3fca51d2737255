import { mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';
import { describe, expect, it } from 'vitest';
import { emptyFolder } from '../run.fixture.ts';
import { packSandbox } from './pack.ts';
import { unpackSandbox } from './unpack.ts';

/** An archive as a hostile job could make it. */
function archive(...entries: readonly HeaderData[]): Uint8Array {
  const blocks = entries.flatMap((entry) => {
    const block = Buffer.alloc(512);
    new Header({ mode: 0o644, size: 1, type: 'File', ...entry }).encode(block);
    const isFile = (entry.type ?? 'File') === 'File';
    return isFile ? [block, Buffer.concat([Buffer.from('x'), Buffer.alloc(511)])] : [block];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

const link = (path: string, linkpath: string): HeaderData => ({ path, linkpath, size: 0, type: 'SymbolicLink' });

describe('unpackSandbox', () => {
  it('brings back what was packed', async () => {
    const folder = join(await emptyFolder(), 'new');
    const { bytes } = packSandbox([
      { name: 'a/b.txt', content: Buffer.from('hello'), executable: false },
      { name: 'run', content: Buffer.from(''), executable: true },
    ]);
    expect(await unpackSandbox(bytes, folder)).toEqual(['a/b.txt', 'run']);
    expect(await readFile(join(folder, 'a/b.txt'), 'utf8')).toBe('hello');
    expect((await stat(join(folder, 'run'))).mode & 0o700).toBe(0o700);
  });

  it.each([
    ['a path upwards', [{ path: '../evil' }]],
    ['a path upwards in the middle', [{ path: 'a/../../evil' }]],
    ['an absolute path', [{ path: '/tmp/evil' }]],
    ['a path with a drive', [{ path: 'C:/evil' }]],
    ['a link out of the folder', [link('l', '../../etc')]],
    ['a link to an absolute path', [link('l', '/etc/passwd')]],
    ['a hard link out of the folder', [{ path: 'd/h', linkpath: '../x', size: 0, type: 'Link' } as const]],
    ['a device', [{ path: 'dev', size: 0, type: 'CharacterDevice' } as const]],
  ])('refuses %s and writes nothing', async (_, entries: readonly HeaderData[]) => {
    const folder = await emptyFolder();
    const target = join(folder, 'out');
    await expect(unpackSandbox(archive({ path: 'good' }, ...entries), target)).rejects.toThrow(/was not unpacked/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not write through a link that is already there', async () => {
    const folder = await emptyFolder();
    await mkdir(join(folder, 'out'));
    await mkdir(join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'out', 'd'));
    await unpackSandbox(archive({ path: 'd/x' }), join(folder, 'out')).catch(() => undefined);
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });

  it('keeps links inside the folder', async () => {
    const folder = await emptyFolder();
    await unpackSandbox(archive({ path: 'a' }, link('d/l', '../a')), folder);
    expect(await readFile(join(folder, 'd/l'), 'utf8')).toBe('x');
  });

  it('takes away what lets a file run as somebody else', async () => {
    const folder = await emptyFolder();
    await unpackSandbox(archive({ path: 'a', mode: 0o6777 }), folder);
    expect((await stat(join(folder, 'a'))).mode & 0o7022).toBe(0);
  });

  it.each([
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 20)],
    ['no archive', () => Buffer.from('<html>not found</html>')],
  ])('says so when it is %s', async (_, broken) => {
    const bytes = broken(archive({ path: 'a' }));
    await expect(unpackSandbox(bytes, await emptyFolder())).rejects.toThrow(/can't be unpacked/);
  });
});
