// One attempt this pilot holds, from the answer that brought it to the accepted outcome.
import type { Assignment, AttemptRef, attemptStatus } from '@pilotfish/api-contract';
import type { z } from 'zod';
import type { Usage } from './computing-element.ts';

export type AttemptStatus = z.input<typeof attemptStatus>;
export type Phase = AttemptStatus['phase'];

export interface StopOrder {
  /** `killed`: the centre says so. `halting`: this pilot is leaving, the job may run elsewhere. */
  readonly kind: 'killed' | 'halting';
  readonly reason: string;
  readonly graceMs: number;
}

export const attemptKey = ({ jobId, n }: AttemptRef): string => `${jobId}.${n}`;

export class Attempt {
  readonly ref: AttemptRef;
  phase: Phase = 'starting';
  usage: Usage = { cpuS: 0, rssMb: 0 };
  /** Newest characters of stdout. */
  tail = '';
  readonly #stop = new AbortController();

  constructor(ref: AttemptRef) {
    this.ref = ref;
  }

  static of(assignment: Assignment): Attempt {
    return new Attempt({ jobId: assignment.jobId, n: assignment.n });
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** The first order given, if any. */
  get stopOrder(): StopOrder | undefined {
    return this.signal.aborted ? (this.signal.reason as StopOrder) : undefined;
  }

  stop(order: StopOrder): void {
    if (!this.signal.aborted) this.#stop.abort(order);
  }

  status(): AttemptStatus {
    return { ...this.ref, phase: this.phase, ...this.usage, tail: this.tail };
  }
}
