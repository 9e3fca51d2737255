// Which local files go into a sandbox and under which names: a file by its own name, a folder with all it holds.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { WmsError } from '@pilotfish/model';

export interface SandboxFile {
  /** Path inside the sandbox, with `/`. */
  readonly name: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** What fits into memory with room to spare; the service's own limit is lower. */
const MAX_BYTES = 512 * 1024 * 1024;

/** Reads the files; relative paths are looked for in each folder in turn. Links are followed. */
export async function readSandboxFiles(paths: readonly string[], folders: readonly string[]): Promise<SandboxFile[]> {
  const budget = { left: MAX_BYTES };
  const files: SandboxFile[] = [];
  for (const path of paths) {
    const found = await locate(path, folders);
    if (found === undefined)
      throw new WmsError('not-found', `there is no input file ${path} in ${folders.join(' or ')}`);
    await gather(found, basename(found), files, budget);
  }
  return files;
}

/** The absolute path of the first that exists. */
export async function locate(path: string, folders: readonly string[]): Promise<string | undefined> {
  const candidates = isAbsolute(path) ? [path] : folders.map((folder) => resolve(folder, path));
  for (const candidate of candidates) {
    if (await stat(candidate).catch(() => undefined)) return candidate;
  }
  return undefined;
}

async function gather(path: string, name: string, files: SandboxFile[], budget: { left: number }): Promise<void> {
  const { mode, size, isDirectory, isFile } = await kindOf(path);
  if (isDirectory) {
    for (const child of await readdir(path)) await gather(join(path, child), `${name}/${child}`, files, budget);
    return;
  }
  if (!isFile) throw new WmsError('bad-request', `${path} is neither a file nor a folder; it can't go into a sandbox`);
  budget.left -= size;
  if (budget.left < 0)
    throw new WmsError(
      'too-large',
      `the input files exceed ${MAX_BYTES / 1024 / 1024} MiB; name large data as inputData`,
    );
  files.push({ name, content: await readFile(path), executable: (mode & 0o111) !== 0 });
}

async function kindOf(path: string) {
  const found = await stat(path);
  return { mode: found.mode, size: found.size, isDirectory: found.isDirectory(), isFile: found.isFile() };
}
