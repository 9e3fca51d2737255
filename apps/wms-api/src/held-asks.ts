// A pilot has one ask open at a time: a newer one, or the same again after a lost answer, ends the older hold, so that
// nothing is claimed for an answer that nobody waits for.
export class HeldAsks {
  readonly #held = new Map<string, AbortController>();

  /** Runs `work` with a signal that aborts on `hangUp` or when the pilot asks again. */
  async only<T>(pilot: string, hangUp: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#held.get(pilot)?.abort();
    const mine = new AbortController();
    this.#held.set(pilot, mine);
    try {
      return await work(AbortSignal.any([hangUp, mine.signal]));
    } finally {
      if (this.#held.get(pilot) === mine) this.#held.delete(pilot);
    }
  }
}
