// Which VM a worker token speaks for, remembered for a second: a busy pilot calls hundreds of times in it. What such a
// call changes is checked again under the VM's row, so a VM that was retired meanwhile gets nothing by it.
import type { Caller, VmId } from '@pilotfish/model';

const FRESH_MS = 1000;
const MOST = 20_000;

interface Remembered {
  readonly caller: Promise<Caller | undefined>;
  readonly until: number;
}

export class VmCallers {
  readonly #identify: (token: string) => Promise<Caller | undefined>;
  readonly #now: () => number;
  readonly #remembered = new Map<string, Remembered>();
  #forgotten = new Set<VmId>();

  constructor(identify: (token: string) => Promise<Caller | undefined>, now: () => number = Date.now) {
    this.#identify = identify;
    this.#now = now;
  }

  async callerOf(token: string): Promise<Caller | undefined> {
    const known = this.#remembered.get(token);
    if (known !== undefined && known.until > this.#now()) {
      const caller = await known.caller;
      if (caller?.kind === 'vm' && !this.#forgotten.has(caller.vmId)) return caller;
    }
    const caller = this.#identify(token);
    if (this.#remembered.size >= MOST) this.#remembered.clear();
    this.#remembered.set(token, { caller, until: this.#now() + FRESH_MS });
    // Only who was let in is remembered.
    const found = await caller.catch((error: unknown) => {
      this.#remembered.delete(token);
      throw error;
    });
    if (found === undefined) this.#remembered.delete(token);
    return found;
  }

  /** The VM is asked about anew from now on. */
  forget(vmId: VmId): void {
    if (this.#forgotten.size >= MOST) {
      this.#forgotten = new Set();
      this.#remembered.clear();
    }
    this.#forgotten.add(vmId);
  }
}
