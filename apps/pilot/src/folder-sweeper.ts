// Removes the folders of ended attempts, many by one rm: file by file it would cost the pilot more than the payloads.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';

const GATHER_MS = 500;
/** Keeps the command line short. */
const MOST_AT_ONCE = 500;

export class FolderSweeper {
  #waiting: string[] = [];
  #timer: NodeJS.Timeout | undefined;

  sweep(folder: string): void {
    this.#waiting.push(folder);
    this.#timer ??= setTimeout(() => this.#sweepNow(), GATHER_MS);
  }

  #sweepNow(): void {
    const folders = this.#waiting.splice(0, MOST_AT_ONCE);
    this.#timer = this.#waiting.length > 0 ? setTimeout(() => this.#sweepNow(), GATHER_MS) : undefined;
    // A payload may have taken away its own rights on a folder; the agent tries again at its next start.
    execFile('rm', ['-rf', '--', ...folders], (error) => {
      if (error !== null)
        for (const folder of folders) rm(folder, { recursive: true, force: true }).catch(() => undefined);
    });
  }
}
