// When the centre was last heard. Counted on the monotonic clock: a VM's wall clock jumps when NTP first sets it.

import { leanFetch } from './lean-fetch.ts';

/** Smaller differences are the network's. */
const SKEW_MS = 5000;

export class Contact {
  #lastAt = performance.now();
  #skewMs = 0;

  /** A fetch that notes every answer of a working service. */
  readonly fetch: typeof fetch = async (input, init) => {
    const response = await leanFetch(input, init);
    if (response.status < 500) this.#lastAt = performance.now();
    this.#compareClocks(response.headers.get('date'));
    return response;
  };

  /** Somebody else on this VM heard the centre so long ago. */
  heard(agoMs: number): void {
    this.#lastAt = Math.max(this.#lastAt, performance.now() - Math.max(0, agoMs));
  }

  ageMs(): number {
    return performance.now() - this.#lastAt;
  }

  /** The centre's idea of the time, in ms since the epoch: what is signed with a wrong clock would be refused. */
  centreNow(): number {
    return Date.now() + this.#skewMs;
  }

  #compareClocks(date: string | null): void {
    const at = Date.parse(date ?? '');
    if (Number.isNaN(at)) return;
    const skew = at - Date.now();
    this.#skewMs = Math.abs(skew) > SKEW_MS ? skew : 0;
  }
}
