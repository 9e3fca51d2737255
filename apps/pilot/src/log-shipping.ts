// Sends what payloads print while they print it: one timer for all of them, each stream by offset, so that sending
// again after a lost answer changes nothing.
import { fstatSync, read as readCallback } from 'node:fs';
import { promisify } from 'node:util';
import { ApiError, type AttemptRef, type Client, workerRoutes } from '@pilotfish/api-contract';
import { backoffMs, isPassing, persist } from '@pilotfish/worker-kit';
import type { OpenStreams } from './job-folder.ts';

const read = promisify(readCallback);
const LOOK_MS = 200;
/** A stream that trickles is sent once in this time; a chunk's worth goes at once. */
const TRICKLE_MS = 1000;
const CHUNK_BYTES = 256 * 1024;
const TAIL_CHARS = 2000;
const FINISH_PATIENCE_MS = 120_000;
export const MAX_STREAM_BYTES = 50 * 1024 * 1024;

export interface FollowedLogs {
  /** Sends the rest; resolves when it arrived or can't. */
  finish(): Promise<void>;
}

export class LogShipping {
  readonly #client: Client;
  readonly #maxBytes: number;
  readonly #active = new Set<StreamCopy>();
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client, maxBytes = MAX_STREAM_BYTES) {
    this.#client = client;
    this.#maxBytes = maxBytes;
  }

  /** The streams must stay open until `finish` resolves. */
  follow(ref: AttemptRef, streams: OpenStreams, onTail: (tail: string) => void): FollowedLogs {
    const copy = (stream: 'stdout' | 'stderr', file: number, tail: (text: string) => void) =>
      new StreamCopy({ client: this.#client, ref, stream, file, maxBytes: this.#maxBytes, onTail: tail });
    const copies = [copy('stdout', streams.stdout, onTail)];
    if (streams.stderr !== streams.stdout) copies.push(copy('stderr', streams.stderr, () => undefined));
    for (const one of copies) this.#active.add(one);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
    return {
      finish: async () => {
        for (const one of copies) this.#active.delete(one);
        if (this.#active.size === 0) {
          clearInterval(this.#timer);
          this.#timer = undefined;
        }
        await Promise.all(copies.map((one) => one.finish()));
      },
    };
  }

  #look(): void {
    for (const one of this.#active) one.look();
  }
}

interface StreamCopyInit {
  readonly client: Client;
  readonly ref: AttemptRef;
  readonly stream: 'stdout' | 'stderr';
  readonly file: number;
  readonly maxBytes: number;
  readonly onTail: (tail: string) => void;
}

class StreamCopy {
  readonly #init: StreamCopyInit;
  #sent = 0;
  #closed = false;
  #notBefore = 0;
  #failures = 0;
  #busy: Promise<void> | undefined;

  constructor(init: StreamCopyInit) {
    this.#init = init;
  }

  look(): void {
    if (this.#closed) return;
    this.#busy ??= this.#lookNow().finally(() => {
      this.#busy = undefined;
    });
  }

  async finish(): Promise<void> {
    await this.#busy;
    while (!this.#closed) {
      const chunk = await this.#next(1);
      if (chunk === undefined) return;
      const sent = await persist(() => this.#send(chunk), { maxMs: FINISH_PATIENCE_MS });
      if (sent.kind !== 'accepted') return;
      this.#advance(chunk);
    }
  }

  async #lookNow(): Promise<void> {
    const now = performance.now();
    const chunk = await this.#next(now >= this.#notBefore ? 1 : CHUNK_BYTES);
    if (chunk === undefined || (this.#failures > 0 && now < this.#notBefore)) return;
    try {
      await this.#send(chunk);
      this.#advance(chunk);
      this.#failures = 0;
      this.#notBefore = now + TRICKLE_MS;
    } catch (error) {
      if (error instanceof ApiError && !isPassing(error)) this.#closed = true;
      this.#failures += 1;
      this.#notBefore = performance.now() + backoffMs(this.#failures);
    }
  }

  /** The next bytes once at least `atLeast` wait, at most a chunk and never beyond the stream's cap. */
  async #next(atLeast: number): Promise<Uint8Array | undefined> {
    const { file, maxBytes } = this.#init;
    // Of an open file: no disk is asked, and the detour over a thread would cost more.
    const { size } = fstatSync(file);
    const waiting = Math.min(size, maxBytes) - this.#sent;
    if (this.#sent >= maxBytes && size > maxBytes) return this.#notice();
    if (waiting < atLeast || waiting <= 0) return undefined;
    const length = Math.min(waiting, CHUNK_BYTES);
    const { buffer, bytesRead } = await read(file, Buffer.allocUnsafe(length), 0, length, this.#sent);
    return bytesRead > 0 ? buffer.subarray(0, bytesRead) : undefined;
  }

  #notice(): Uint8Array {
    const mib = Math.floor(this.#init.maxBytes / 1024 / 1024);
    return Buffer.from(`\n[pilotfish: no more than ${mib} MiB of a stream is kept]\n`);
  }

  async #send(chunk: Uint8Array): Promise<void> {
    const { client, ref, stream } = this.#init;
    await client.call(workerRoutes.attemptLog, {
      params: { id: String(ref.jobId), n: String(ref.n), stream, offset: String(this.#sent) },
      body: chunk,
    });
  }

  #advance(chunk: Uint8Array): void {
    if (this.#sent >= this.#init.maxBytes) this.#closed = true;
    this.#sent += chunk.length;
    this.#init.onTail(Buffer.from(chunk.subarray(-TAIL_CHARS)).toString('utf8'));
  }
}
