// Small archives for tests, made and read with the tar package.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { create, extract } from 'tar';

export async function tarOf(files: readonly { path: string; text: string }[]): Promise<Buffer> {
  return inFolder(async (folder) => {
    for (const { path, text } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { mode: 0o600 });
    }
    await create(
      { cwd: folder, gzip: true, file: join(folder, 'all.tar.gz') },
      files.map(({ path }) => path),
    );
    return readFile(join(folder, 'all.tar.gz'));
  });
}

/** Texts by path. */
export async function untar(archive: Uint8Array): Promise<Record<string, string>> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, '..', 'x.tar.gz'), archive);
    await extract({ cwd: folder, file: join(folder, '..', 'x.tar.gz') });
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const texts = await Promise.all(
      files.sort().map(async (file) => [relative(folder, file), await readFile(file, 'utf8')] as const),
    );
    return Object.fromEntries(texts);
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const outer = await mkdtemp(join(tmpdir(), 'archive-'));
  const folder = join(outer, 'content');
  await mkdir(folder);
  try {
    return await work(folder);
  } finally {
    await rm(outer, { recursive: true });
  }
}
