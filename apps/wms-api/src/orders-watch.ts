// Held calls for a VM's orders. One statement a second looks after all of them; a ring makes it look at once.

import type { VmId } from '@pilotfish/model';
import { type Database, ordersVersions, type Wake } from '@pilotfish/persistence';

const POLL_MS = 1000;

interface Held {
  readonly vmId: VmId;
  readonly version: number;
  readonly wakeUp: () => void;
}

export class OrdersWatch {
  readonly #db: Database;
  readonly #held = new Set<Held>();
  readonly #timer: NodeJS.Timeout;
  readonly #off: () => void;
  #looking = false;
  #again = false;

  constructor(db: Database, wake: Wake) {
    this.#db = db;
    this.#timer = setInterval(() => void this.#look(), POLL_MS);
    this.#off = wake.on('vms', () => void this.#look());
  }

  /** Resolves when the VM's orders are newer than `version`, after `ms`, or on `signal`. */
  async newer(vmId: VmId, version: number, ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#held.delete(held);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const held: Held = { vmId, version, wakeUp: end };
      const timer = setTimeout(end, ms);
      this.#held.add(held);
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      else void this.#look();
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#off();
    for (const held of this.#held) held.wakeUp();
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    try {
      do {
        this.#again = false;
        const held = [...this.#held];
        if (held.length === 0) break;
        const versions = await ordersVersions(this.#db, [...new Set(held.map(({ vmId }) => vmId))]);
        for (const one of held) if ((versions.get(one.vmId) ?? 0) > one.version) one.wakeUp();
      } while (this.#again);
    } catch {
      // The database is away: the next tick looks again, and each call ends by its own time.
    } finally {
      this.#looking = false;
    }
  }
}
