// Packs a sandbox so that the same files give the same bytes on every machine: sorted, no owner, no times, two modes.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { WmsError } from '@pilotfish/model';
import { Header, Pax } from 'tar';
import type { SandboxFile } from './sandbox-files.ts';

export interface PackedSandbox {
  /** `sha256:<64 hex>` of `bytes`. */
  readonly digest: string;
  /** tar.gz */
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const EPOCH = new Date(0);

/** Throws `bad-request` when two different files would have the same name. */
export function packSandbox(files: readonly SandboxFile[]): PackedSandbox {
  const sorted = [...files].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const once = sorted.filter((file, i) => !isRepeated(file, sorted[i - 1]));
  const archive = Buffer.concat([...once.flatMap(entry), Buffer.alloc(2 * BLOCK)]);
  const bytes = gzipSync(archive, { level: 9 });
  // The byte that names the operating system (RFC 1952): unknown.
  bytes[9] = 255;
  return { digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes };
}

function isRepeated(file: SandboxFile, before: SandboxFile | undefined): boolean {
  if (before?.name !== file.name) return false;
  if (Buffer.compare(before.content, file.content) === 0) return true;
  throw new WmsError(
    'bad-request',
    `two different input files are named ${file.name}; a sandbox keeps no folders of single files, so rename one`,
  );
}

function entry({ name, content, executable }: SandboxFile): Buffer[] {
  const data = {
    path: name,
    mode: executable ? 0o755 : 0o644,
    uid: 0,
    gid: 0,
    size: content.length,
    mtime: EPOCH,
    type: 'File',
  } as const;
  const header = new Header(data);
  const block = Buffer.alloc(BLOCK);
  const isLong = header.encode(block);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return [...(isLong ? [new Pax({ path: name, mtime: EPOCH }).encode()] : []), block, Buffer.from(content), padding];
}
