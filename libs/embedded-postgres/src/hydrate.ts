// Turns a package's native/ folder into a runnable one: copy, library links from pg-symlinks.json, modes for everybody.
// Built aside and renamed, so that a half-made copy is never seen and two processes at once do no harm.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { WmsError } from '@pilotfish/model';

/** Makes `target` a complete copy of `native`, unless it already is one. */
export async function hydrate(native: string, target: string): Promise<void> {
  const files = await listFiles(native);
  if (await isComplete(native, target, files)) return;
  const draft = `${target}.draft-${randomUUID()}`;
  try {
    await build(native, draft, files);
    await putInPlace(native, draft, target, files);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  // Links are left out: an install script that did run may have made them, and we make our own.
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

// Cleaners of temporary folders take single files away, so the folder's presence proves nothing.
async function isComplete(native: string, target: string, files: readonly string[]): Promise<boolean> {
  const copies = files.map(async (file) => {
    const [original, copy] = await Promise.all([sizeOf(join(native, file)), sizeOf(join(target, file))]);
    return copy === original;
  });
  const links = (await readLinks(native)).map(async (link) => (await sizeOf(join(target, link.target))) !== undefined);
  return (await Promise.all([...copies, ...links])).every(Boolean);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

async function build(native: string, draft: string, files: readonly string[]): Promise<void> {
  const folders = new Set([draft, ...files.map((file) => dirname(join(draft, file)))]);
  for (const folder of folders) await mkdir(folder, { recursive: true });
  await Promise.all(
    files.map(async (file) => {
      const copy = join(draft, file);
      await copyFile(join(native, file), copy, constants.COPYFILE_FICLONE);
      await chmod(copy, file.startsWith('bin/') || /\.(so|dylib)(\.|$)/.test(file) ? 0o755 : 0o644);
    }),
  );
  for (const { source, target } of await readLinks(native)) {
    await symlink(basename(source), join(draft, target));
  }
  // mkdir obeys the umask; another user has to get through.
  for (const entry of await readdir(draft, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
  await chmod(draft, 0o755);
}

/** Paths relative to native/; source and target of each lie in the same folder. */
async function readLinks(native: string): Promise<readonly { source: string; target: string }[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(text);
  const below = (path: string) => relative('native', path);
  return links.map((link) => ({ source: below(link.source), target: below(link.target) }));
}

async function putInPlace(native: string, draft: string, target: string, files: readonly string[]): Promise<void> {
  for (let attempt = 1; !(await tryRename(draft, target)); attempt++) {
    if (await isComplete(native, target, files)) return;
    if (attempt > 5) throw new WmsError('unavailable', `${target} can't be replaced: remove it.`);
    // Another process may be repairing it too and have it moved away just now.
    const damaged = `${draft}.damaged`;
    await rename(target, damaged).catch(() => {});
    await rm(damaged, { recursive: true, force: true });
  }
}

async function tryRename(draft: string, target: string): Promise<boolean> {
  try {
    await rename(draft, target);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}
