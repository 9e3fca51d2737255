// Says again what must arrive: an unanswered call or a passing fault is tried again, a refusal is final.
import { ApiError, NoAnswerError, type Problem } from '@pilotfish/api-contract';
import { backoffMs } from './backoff.ts';
import { pause } from './pause.ts';

export type Sent<T> =
  | { readonly kind: 'accepted'; readonly reply: T }
  | { readonly kind: 'refused'; readonly problem: Problem }
  /** Patience or signal ended first; it is unknown whether the call took effect. */
  | { readonly kind: 'unsure'; readonly reason: string };

export interface Patience {
  readonly signal?: AbortSignal;
  /** Ends the tries on a passing fault; unlimited unless told. */
  readonly maxMs?: number;
  /** Told of every try that failed in passing. */
  readonly onRetry?: (error: Error) => void;
}

// 401: a token ran out and the agent is about to bring the next one.
const PASSING_STATUS = [401, 408, 425, 429];

/** Whether the same call may succeed later. `internal` also stands for an answer that wasn't the service's own. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  if (!(error instanceof ApiError)) return false;
  const { code, status } = error.problem;
  return status >= 500 || code === 'internal' || PASSING_STATUS.includes(status);
}

/** Calls until accepted or refused; throws only what the call throws besides ApiError and NoAnswerError. */
export async function persist<T>(call: () => Promise<T>, patience: Patience = {}): Promise<Sent<T>> {
  const { signal, maxMs = Number.POSITIVE_INFINITY, onRetry } = patience;
  const end = performance.now() + maxMs;
  for (let tries = 1; ; tries += 1) {
    const sent = await sendOnce(call);
    if (!(sent instanceof Error)) return sent;
    if (!signal?.aborted && performance.now() < end) {
      onRetry?.(sent);
      await pause(Math.min(backoffMs(tries), Math.max(0, end - performance.now())), signal);
    }
    if (signal?.aborted || performance.now() >= end) return { kind: 'unsure', reason: sent.message };
  }
}

/** The error itself when the call may succeed later. */
async function sendOnce<T>(call: () => Promise<T>): Promise<Sent<T> | Error> {
  try {
    return { kind: 'accepted', reply: await call() };
  } catch (error) {
    if (isPassing(error)) return error as NoAnswerError | ApiError;
    if (error instanceof ApiError) return { kind: 'refused', problem: error.problem };
    throw error;
  }
}
