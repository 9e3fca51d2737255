// The queues with waiting jobs, kept in memory and read anew after a wake-up or when a second has passed.
import type { Candidate } from '@pilotfish/matcher';
import type { ClaimStore } from './claim-store.ts';

const MAX_AGE_MS = 1000;

export class QueueIndex {
  readonly #claims: ClaimStore;
  readonly #now: () => number;
  #byVo = new Map<string, readonly Candidate[]>();
  #readAt = Number.NEGATIVE_INFINITY;
  /** Invalidations so far, and how many of them the newest complete read has seen. */
  #changes = 0;
  #seen = -1;
  #reading: Promise<void> | null = null;

  constructor(claims: ClaimStore, now: () => number = Date.now) {
    this.#claims = claims;
    this.#now = now;
  }

  /** The next look reads from the database. */
  invalidate(): void {
    this.#changes += 1;
  }

  async candidates(vo: string): Promise<readonly Candidate[]> {
    // Only what was announced before this look: under a stream of announcements it must end too.
    const needed = this.#changes;
    while (this.#seen < needed || this.#now() - this.#readAt > MAX_AGE_MS) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
    return this.#byVo.get(vo) ?? [];
  }

  async #read(): Promise<void> {
    // Taken before reading: what is announced meanwhile makes the next look read again.
    const changes = this.#changes;
    const all = await this.#claims.candidates();
    const byVo = new Map<string, Candidate[]>();
    for (const candidate of all) {
      const list = byVo.get(candidate.queue.vo);
      if (list) list.push(candidate);
      else byVo.set(candidate.queue.vo, [candidate]);
    }
    this.#byVo = byVo;
    this.#seen = changes;
    this.#readAt = this.#now();
  }
}
