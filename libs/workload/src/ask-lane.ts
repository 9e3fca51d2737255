// Asks that come together go together: while one batch is at the database the next one gathers, so the number of
// statements follows the time, not the number of asks.
import { fill } from '@pilotfish/matcher';
import type { AskRequest } from './ask.ts';
import type { Claimed, ClaimOrder, ClaimStore } from './claim-store.ts';
import type { QueueIndex } from './queue-index.ts';

export interface Found {
  readonly claimed: readonly Claimed[];
  /** Something was picked, but others were faster. */
  readonly beaten: boolean;
}

interface Waiting {
  readonly request: AskRequest;
  readonly signal: AbortSignal;
  readonly resolve: (found: Found) => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING: Found = { claimed: [], beaten: false };
const BATCH = 64;
const BATCHES_AT_ONCE = 1;

export class AskLane {
  readonly #claims: ClaimStore;
  readonly #queues: QueueIndex;
  #waiting: Waiting[] = [];
  #flying = 0;

  constructor(claims: ClaimStore, queues: QueueIndex) {
    this.#claims = claims;
    this.#queues = queues;
  }

  /** What can be claimed for the ask now, by the queues as they are known at present. */
  look(request: AskRequest, signal: AbortSignal): Promise<Found> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, signal, resolve, reject });
      // Asks that are read off the network together arrive within one turn of the event loop.
      setImmediate(() => this.#next());
    });
  }

  #next(): void {
    while (this.#flying < BATCHES_AT_ONCE && this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      this.#flying += 1;
      void this.#serve(batch).finally(() => {
        this.#flying -= 1;
        this.#next();
      });
    }
  }

  /** A VM has one ask in a batch: two would not see what the other takes. */
  #takeBatch(): readonly Waiting[] {
    const vms = new Set<string>();
    const batch: Waiting[] = [];
    const left: Waiting[] = [];
    for (const one of this.#waiting) {
      const fits = batch.length < BATCH && !vms.has(one.request.vmId);
      (fits ? batch : left).push(one);
      if (fits) vms.add(one.request.vmId);
    }
    this.#waiting = left;
    return batch;
  }

  async #serve(batch: readonly Waiting[]): Promise<void> {
    try {
      const looks = await this.#claims.look(batch.map(({ request }) => request));
      const orders = new Map<Waiting, ClaimOrder>();
      for (const [at, one] of batch.entries()) {
        const { offer, before } = looks[at]!;
        if (before.length > 0) one.resolve({ claimed: before, beaten: false });
        else if (offer !== undefined) {
          const picks = await this.#pick(one, offer);
          if (picks.length > 0) orders.set(one, { ...one.request, picks });
        }
      }
      const claimed = await this.#claims.claim([...orders.values()]);
      for (const [at, one] of [...orders.keys()].entries()) {
        one.resolve({ claimed: claimed[at]!, beaten: claimed[at]!.length === 0 });
      }
      // Those that are answered already don't hear this.
      for (const one of batch) one.resolve(NOTHING);
    } catch (error) {
      for (const one of batch) one.reject(error);
    }
  }

  async #pick({ request, signal }: Waiting, offer: Parameters<typeof fill>[0]): Promise<ReturnType<typeof fill>> {
    const candidates = await this.#queues.present(request.vo);
    if (signal.aborted || candidates.length === 0) return [];
    const picks = fill(offer, candidates, request.limit, this.#queues.turnRule);
    this.#queues.take(picks);
    return picks;
  }
}
