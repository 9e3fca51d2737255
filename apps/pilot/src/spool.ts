// spool/<job>.<n>.json: outcomes that the centre hasn't accepted yet, so that finished work outlives a crash of the
// pilot. Written only when the first try failed.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttemptRef, attemptRef, type Outcome, outcome } from '@pilotfish/api-contract';
import { z } from 'zod';
import { attemptKey } from './attempt.ts';

const spooled = z.object({ ref: attemptRef, outcome });
export type Spooled = z.output<typeof spooled>;

export class Spool {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async save(ref: AttemptRef, outcome: Outcome): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const path = this.#path(ref);
    // Renamed into place, so that a crash leaves no half file behind.
    await writeFile(`${path}.new`, JSON.stringify({ ref, outcome } satisfies Spooled));
    await rename(`${path}.new`, path);
  }

  async delete(ref: AttemptRef): Promise<void> {
    await rm(this.#path(ref), { force: true });
  }

  async read(): Promise<Spooled[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found = await Promise.all(names.filter((name) => name.endsWith('.json')).map((name) => this.#readOne(name)));
    return found.filter((one) => one !== undefined);
  }

  async #readOne(name: string): Promise<Spooled | undefined> {
    try {
      return spooled.parse(JSON.parse(await readFile(join(this.#folder, name), 'utf8')));
    } catch {
      return undefined;
    }
  }

  #path(ref: AttemptRef): string {
    return join(this.#folder, `${attemptKey(ref)}.json`);
  }
}
