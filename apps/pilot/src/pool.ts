// The node's quantities: what is held by attempts and what is free. Nothing is ever promised twice.
import type { Resources } from '@pilotfish/model';

const QUANTITIES = ['processors', 'memoryMb', 'diskMb', 'gpus'] as const;

export class Pool {
  readonly total: Resources;
  #free: Resources;
  #onFreed: () => void = () => undefined;

  constructor(total: Resources) {
    this.total = total;
    this.#free = total;
  }

  free(): Resources {
    return this.#free;
  }

  /** Takes all of it, or nothing and says false. */
  reserve(wanted: Resources): boolean {
    if (QUANTITIES.some((quantity) => wanted[quantity] > this.#free[quantity])) return false;
    this.#free = combine(this.#free, wanted, -1);
    return true;
  }

  /** Gives back what was reserved. */
  release(held: Resources): void {
    this.#free = combine(this.#free, held, 1);
    this.#onFreed();
  }

  /** One listener: the asking. */
  onFreed(listener: () => void): void {
    this.#onFreed = listener;
  }
}

function combine(a: Resources, b: Resources, sign: 1 | -1): Resources {
  return {
    processors: a.processors + sign * b.processors,
    memoryMb: a.memoryMb + sign * b.memoryMb,
    diskMb: a.diskMb + sign * b.diskMb,
    gpus: a.gpus + sign * b.gpus,
  };
}
