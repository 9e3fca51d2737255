// Packs what the user wants back into one tar.gz, files in sorted order, and refuses to let it grow beyond its limit.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from 'tar';
import { findOutputFiles } from './output-files.ts';

/** DIRAC SandboxStore MaxSandboxSizeMiB. */
export const MAX_SANDBOX_BYTES = 10 * 1024 * 1024;

/** Beyond this many times the limit, packing isn't even tried. */
const HOPELESS = 20;

export interface PackedOutput {
  /** Null when no file matched or the archive would be too large. */
  readonly archive: { readonly bytes: Uint8Array; readonly digest: string } | null;
  readonly missing: readonly string[];
  readonly tooLarge: boolean;
}

export async function packOutputs(
  folder: string,
  patterns: readonly string[],
  maxBytes = MAX_SANDBOX_BYTES,
): Promise<PackedOutput> {
  const { files, missing } = await findOutputFiles(folder, patterns);
  if (files.length === 0) return { archive: null, missing, tooLarge: false };
  const bytes = await pack(folder, files, maxBytes);
  if (bytes === undefined) return { archive: null, missing, tooLarge: true };
  return {
    archive: { bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` },
    missing,
    tooLarge: false,
  };
}

/** Undefined when it comes out larger than allowed; then the rest is read and dropped, which frees every file. */
async function pack(folder: string, files: readonly string[], maxBytes: number): Promise<Uint8Array | undefined> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  if (sizes.reduce((sum, size) => sum + size, 0) > maxBytes * HOPELESS) return undefined;
  // A name that starts with @ would be read as an archive to include.
  const names = files.map((file) => (file.startsWith('@') ? `./${file}` : file));
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of create({ cwd: folder, gzip: true, portable: true, follow: true }, names)) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}
