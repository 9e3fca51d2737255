// Every attempt this pilot knows; it stays known until its outcome is accepted, so that no beat ever disowns it.
import type { AttemptRef } from '@pilotfish/api-contract';
import { type Attempt, type AttemptStatus, attemptKey } from './attempt.ts';

export class Attempts {
  readonly #known = new Map<string, Attempt>();
  readonly #listeners: (() => void)[] = [];

  get size(): number {
    return this.#known.size;
  }

  get(ref: AttemptRef): Attempt | undefined {
    return this.#known.get(attemptKey(ref));
  }

  all(): Attempt[] {
    return [...this.#known.values()];
  }

  statuses(): AttemptStatus[] {
    return this.all().map((attempt) => attempt.status());
  }

  add(attempt: Attempt): void {
    this.#known.set(attemptKey(attempt.ref), attempt);
    this.#changed();
  }

  delete(attempt: Attempt): void {
    this.#known.delete(attemptKey(attempt.ref));
    this.#changed();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
