// The newest instructions, whichever way they came: a beat's answer or the held call.
import type { Instructions } from '@pilotfish/api-contract';

export class OrdersBoard {
  readonly #onNews: (instructions: Instructions) => void;
  #newest: Instructions | undefined;

  /** `onNews` hears of every version once, never of an older one. */
  constructor(onNews: (instructions: Instructions) => void) {
    this.#onNews = onNews;
  }

  get newest(): Instructions | undefined {
    return this.#newest;
  }

  put(instructions: Instructions): void {
    if (this.#newest !== undefined && instructions.version <= this.#newest.version) return;
    this.#newest = instructions;
    this.#onNews(instructions);
  }
}
