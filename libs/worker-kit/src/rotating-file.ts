// A log file that can't fill the disk: beyond its size it becomes `.1`, `.1` becomes `.2`, the oldest goes.
import { appendFile, rename, stat } from 'node:fs/promises';

const TAIL_CHARS = 16_384;

export class RotatingFile {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #kept: number;
  #size: number | undefined;
  #pending = '';
  #tail = '';
  #flushing: Promise<void> | undefined;

  /** `kept`: how many older files stay beside the newest. */
  constructor(path: string, maxBytes = 5_000_000, kept = 2) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#kept = kept;
  }

  write(text: string): void {
    this.#pending += text;
    this.#tail = (this.#tail + text).slice(-TAIL_CHARS);
    this.#flushing ??= this.#flush();
  }

  /** The last characters written, whole lines only, at most `chars`. */
  tail(chars: number): string {
    if (this.#tail.length <= chars && this.#tail.length < TAIL_CHARS) return this.#tail;
    const cut = this.#tail.slice(-chars);
    return cut.slice(cut.indexOf('\n') + 1);
  }

  /** Resolves when everything written so far is in the file. */
  async flushed(): Promise<void> {
    await this.#flushing;
  }

  async #flush(): Promise<void> {
    // One turn later, so that a burst of lines becomes one write.
    await Promise.resolve();
    while (this.#pending !== '') {
      const text = this.#pending;
      this.#pending = '';
      // A full disk must not take the agent with it.
      await this.#append(text).catch(() => undefined);
    }
    this.#flushing = undefined;
  }

  async #append(text: string): Promise<void> {
    this.#size ??= await stat(this.#path).then(
      ({ size }) => size,
      () => 0,
    );
    if (this.#size > this.#maxBytes) await this.#rotate();
    await appendFile(this.#path, text);
    this.#size += Buffer.byteLength(text);
  }

  async #rotate(): Promise<void> {
    for (let age = this.#kept; age > 0; age -= 1) {
      const younger = age === 1 ? this.#path : `${this.#path}.${age - 1}`;
      await rename(younger, `${this.#path}.${age}`).catch(() => undefined);
    }
    this.#size = 0;
  }
}
