// Fetches the input sandbox, proves that it is the one that was submitted, and unpacks it into the job folder.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type Assignment, type Client, workerRoutes } from '@pilotfish/api-contract';
import { MINOR } from '@pilotfish/model';
import { persist } from '@pilotfish/worker-kit';
import { Parser, type ReadEntry, Unpack } from 'tar';
import type { Ending } from './exit-reason.ts';
import { isNodeFault, messageOf } from './node-fault.ts';
import { unsafeEntry } from './unsafe-entry.ts';

const PATIENCE_MS = 300_000;

/** Undefined when the inputs are in place, else how the attempt ends. */
export async function fetchInputs(
  client: Client,
  { payload }: Assignment,
  folder: string,
  signal: AbortSignal,
): Promise<Ending | undefined> {
  const digest = payload.inputSandbox;
  if (digest === null) return undefined;
  const route = workerRoutes.workerSandbox;
  const sent = await persist(() => client.bytes(route, { params: { digest }, signal, timeoutMs: 60_000 }), {
    signal,
    maxMs: PATIENCE_MS,
  });
  if (sent.kind === 'unsure') return { kind: 'node-fault', reason: `input sandbox: ${sent.reason}` };
  if (sent.kind === 'refused') return refused(sent.problem.detail);
  if (`sha256:${createHash('sha256').update(sent.reply).digest('hex')}` !== digest) {
    return { kind: 'node-fault', reason: `input sandbox: what arrived is not ${digest}` };
  }
  try {
    await unpack(sent.reply, folder);
    return undefined;
  } catch (error) {
    if (isNodeFault(error)) throw error;
    return refused(messageOf(error));
  }
}

/** Unpacks a tar or tar.gz; throws before anything is written when one entry is unsafe. */
export async function unpack(archive: Uint8Array, folder: string): Promise<void> {
  const unsafe: string[] = [];
  const onReadEntry = (entry: ReadEntry) => {
    const why = unsafeEntry(entry);
    if (why !== undefined) unsafe.push(why);
    entry.resume();
  };
  await feed(new Parser({ strict: true, onReadEntry }), archive, 'end');
  if (unsafe.length > 0) throw new Error(unsafe.slice(0, 5).join('; '));
  await feed(new Unpack({ cwd: folder, strict: true, preserveOwner: false }), archive, 'close');
}

async function feed(sink: Parser, archive: Uint8Array, finished: string): Promise<void> {
  const done = once(sink, finished);
  sink.end(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength));
  await done;
}

function refused(reason: string): Ending {
  return { kind: 'refused', minor: MINOR.inputFailed, reason: `input sandbox: ${reason}` };
}
