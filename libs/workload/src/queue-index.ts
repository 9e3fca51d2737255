// The queues with waiting jobs, kept in memory and read anew after a wake-up or when a second has passed.
import type { Candidate } from '@pilotfish/matcher';
import type { ClaimStore } from './claim-store.ts';

const MAX_AGE_MS = 1000;

export class QueueIndex {
  readonly #claims: ClaimStore;
  readonly #now: () => number;
  #byVo = new Map<string, readonly Candidate[]>();
  #readAt = Number.NEGATIVE_INFINITY;
  #stale = true;
  #reading: Promise<void> | null = null;

  constructor(claims: ClaimStore, now: () => number = Date.now) {
    this.#claims = claims;
    this.#now = now;
  }

  /** The next look reads from the database. */
  invalidate(): void {
    this.#stale = true;
  }

  async candidates(vo: string): Promise<readonly Candidate[]> {
    while (this.#stale || this.#now() - this.#readAt > MAX_AGE_MS) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
    return this.#byVo.get(vo) ?? [];
  }

  async #read(): Promise<void> {
    // Cleared before reading: what is announced meanwhile makes the next look read again.
    this.#stale = false;
    let all: readonly Candidate[];
    try {
      all = await this.#claims.candidates();
    } catch (error) {
      this.#stale = true;
      throw error;
    }
    const byVo = new Map<string, Candidate[]>();
    for (const candidate of all) {
      const list = byVo.get(candidate.queue.vo);
      if (list) list.push(candidate);
      else byVo.set(candidate.queue.vo, [candidate]);
    }
    this.#byVo = byVo;
    this.#readAt = this.#now();
  }
}
