// What the centre last told this pilot. Orders come by several ways (beats, the agent's held call), so an older
// version is dropped, and a stop is remembered for an attempt whose assignment is still on its way.
import type { AttemptRef, Instructions } from '@pilotfish/api-contract';
import { attemptKey, type StopOrder } from './attempt.ts';
import type { Attempts } from './attempts.ts';

const KILL_GRACE_MS = 5000;

export class Orders {
  readonly #attempts: Attempts;
  readonly #onDrain: (draining: boolean) => void;
  #version = -1;
  #stops = new Map<string, string>();

  constructor(attempts: Attempts, onDrain: (draining: boolean) => void) {
    this.#attempts = attempts;
    this.#onDrain = onDrain;
  }

  obey({ version, vm, stop }: Instructions): void {
    if (version < this.#version) return;
    this.#version = version;
    this.#stops = new Map(stop.map((one) => [attemptKey(one), one.reason]));
    this.#onDrain(vm !== 'go-on');
    for (const one of stop) this.#attempts.get(one)?.stop(killed(one.reason));
  }

  stopFor(ref: AttemptRef): StopOrder | undefined {
    const reason = this.#stops.get(attemptKey(ref));
    return reason === undefined ? undefined : killed(reason);
  }
}

function killed(reason: string): StopOrder {
  return { kind: 'killed', reason, graceMs: KILL_GRACE_MS };
}
