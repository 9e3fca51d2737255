// Unpacks what a job sent back. Its content is a stranger's: an archive that reaches out of the folder is refused whole.
import type { Stats } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { WmsError } from '@pilotfish/model';
import { Parser, type ReadEntry, Unpack } from 'tar';

const FILES = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory']);
const LINKS = new Set(['SymbolicLink', 'Link']);
/** An archive may grow to this many bytes. */
const MAX_BYTES = 64 * 1024 ** 3;

/** Names of the files unpacked into `folder` (made if needed); throws `bad-request` before anything is written. */
export async function unpackSandbox(archive: Uint8Array, folder: string): Promise<string[]> {
  const names = await checkedNames(archive);
  await mkdir(folder, { recursive: true });
  await feed(new Unpack({ cwd: folder, preserveOwner: false, strict: true, filter: withPlainMode }), archive);
  return names;
}

async function checkedNames(archive: Uint8Array): Promise<string[]> {
  const names: string[] = [];
  let size = 0;
  let refusal: WmsError | undefined;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      size += entry.size ?? 0;
      refusal ??= refusalOf(entry) ?? (size > MAX_BYTES ? unsafe('it is larger than 64 GiB') : undefined);
      if (entry.type !== 'Directory') names.push(entry.path);
      entry.resume();
    },
  });
  await feed(parser, archive);
  if (refusal) throw refusal;
  return names;
}

/** Its receiver can read, change and remove what came; nothing runs as somebody else. */
function withPlainMode(_: string, entry: ReadEntry | Stats): true {
  entry.mode = ((entry.mode ?? 0) & 0o755) | ('type' in entry && entry.type === 'Directory' ? 0o700 : 0o600);
  return true;
}

function refusalOf({ path, type, linkpath }: ReadEntry): WmsError | undefined {
  if (leavesFolder(path)) return unsafe(`${path} lies outside of it`);
  if (FILES.has(type)) return undefined;
  if (!LINKS.has(type)) return unsafe(`${path} is a ${type}`);
  const target = linkpath ?? '';
  // A hard link's target counts from the top of the archive, a symbolic link's from where it stands.
  const whole = type === 'Link' ? target : posix.join(posix.dirname(path), target);
  return posix.isAbsolute(target) || leavesFolder(whole) ? unsafe(`${path} links to ${target}`) : undefined;
}

function leavesFolder(path: string): boolean {
  const plain = posix.normalize(path.replaceAll('\\', '/'));
  return posix.isAbsolute(plain) || /^[a-z]:/i.test(plain) || plain === '..' || plain.startsWith('../');
}

function unsafe(what: string): WmsError {
  return new WmsError('bad-request', `the output was not unpacked: ${what}`);
}

function feed(sink: Parser | Unpack, archive: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.on('error', (cause: Error) =>
      reject(new WmsError('bad-request', `the output can't be unpacked: ${cause.message}`)),
    );
    sink.on(sink instanceof Unpack ? 'close' : 'end', () => resolve());
    sink.end(Buffer.from(archive));
  });
}
