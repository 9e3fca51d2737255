// The queues with waiting jobs, kept in memory. Claims made here are taken off at once; what others did is read anew
// after a wake-up or when a second has passed, but never so often that reading becomes the work.
import { setTimeout as pause } from 'node:timers/promises';
import type { Candidate, Pick, TurnRule } from '@pilotfish/matcher';
import { type ClaimStore, COUNTED_TO } from './claim-store.ts';
import { ShareBook } from './share-book.ts';

const MAX_AGE_MS = 1000;
/** A read is followed by a rest of this many times its own duration. */
const REST_FACTOR = 9;
const LONGEST_REST_MS = 250;

type Entry = { -readonly [Field in keyof Candidate]: Candidate[Field] };

export class QueueIndex {
  readonly #claims: ClaimStore;
  readonly #now: () => number;
  readonly #shares = new ShareBook();
  #byVo = new Map<string, Entry[]>();
  #byId = new Map<number, Entry>();
  #readAt = Number.NEGATIVE_INFINITY;
  #restMs = 0;
  /** Invalidations so far, and how many of them the newest complete read has seen. */
  #changes = 0;
  #seen = -1;
  #reading: Promise<void> | null = null;

  constructor(claims: ClaimStore, now: () => number = Date.now) {
    this.#claims = claims;
    this.#now = now;
  }

  /** What is here may lack something: whoever finds nothing in it must look at a fresh one. */
  invalidate(): void {
    this.#changes += 1;
  }

  /** Whose turn it is, by what is known here. */
  get turnRule(): TurnRule {
    return this.#shares.rule;
  }

  /** True when a fresh look may show more than the present one. */
  get stale(): boolean {
    return this.#seen < this.#changes || this.#now() - this.#readAt > MAX_AGE_MS;
  }

  /** The queues as they are known here, without waiting; an old picture is read anew meanwhile. */
  async present(vo: string): Promise<readonly Candidate[]> {
    if (this.#seen < 0) return this.fresh(vo);
    // Whoever needs the fresh picture waits for it and sees the failure.
    if (this.stale) this.#refresh().catch(() => undefined);
    return this.#byVo.get(vo) ?? [];
  }

  /** The queues, with all that was announced before this call. */
  async fresh(vo: string): Promise<readonly Candidate[]> {
    // Only what was announced before this look: under a stream of announcements it must end too.
    const needed = this.#changes;
    while (this.#seen < needed || this.#now() - this.#readAt > MAX_AGE_MS) await this.#refresh();
    return this.#byVo.get(vo) ?? [];
  }

  /**
   * Takes picks off the picture, so that the next ask is not offered the same jobs, and charges them to their owners.
   * Nothing but `waiting` changes in place: `fill` keeps an index of the list.
   */
  take(picks: readonly Pick[]): void {
    for (const { queue, count, each } of picks) {
      const entry = this.#byId.get(queue);
      if (entry === undefined) continue;
      this.#shares.charge(entry.queue, each, count);
      // Where the count gave up there are more; should they run out, a claim in vain tells.
      if (entry.waiting >= COUNTED_TO) continue;
      entry.waiting = Math.max(0, entry.waiting - count);
      // There may be more at a lower priority.
      if (entry.waiting === 0) this.invalidate();
    }
  }

  #refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const rest = this.#readAt + this.#restMs - this.#now();
    if (rest > 0) await pause(rest);
    // Taken before reading: what is announced meanwhile makes the next look read again.
    const changes = this.#changes;
    const from = this.#now();
    const [all] = await Promise.all([this.#claims.candidates(), this.#square(from)]);
    const byVo = new Map<string, Entry[]>();
    const byId = new Map<number, Entry>();
    for (const candidate of all) {
      const entry: Entry = { ...candidate };
      byId.set(entry.queue.id, entry);
      const list = byVo.get(entry.queue.vo);
      if (list) list.push(entry);
      else byVo.set(entry.queue.vo, [entry]);
    }
    this.#shares.wake(all.map(({ queue }) => queue));
    this.#byVo = byVo;
    this.#byId = byId;
    this.#seen = changes;
    this.#readAt = this.#now();
    this.#restMs = Math.min(LONGEST_REST_MS, REST_FACTOR * (this.#readAt - from));
  }

  async #square(from: number): Promise<void> {
    if (!this.#shares.isDue(from)) return;
    this.#shares.beginRead();
    this.#shares.square(await this.#claims.shares(), this.#now());
  }
}
