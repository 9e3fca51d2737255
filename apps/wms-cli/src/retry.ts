// Goes on after silence of the service: only for calls that may be sent twice (reads, and writes with a key of their own).
import { ApiError, NoAnswerError } from '@pilotfish/api-contract';

const PASSING = new Set(['unavailable', 'idempotency-in-flight']);

/** Milliseconds to pause before each further try of a short call. */
export const SHORT_PAUSES = [250, 500, 1000, 2000, 4000] as const;
/** The same while somebody waits for a job: a restart of the service must not end it. */
export const LONG_PAUSES = [500, 1000, 2000, 4000, 8000, 15_000, 30_000] as const;

/** The last error is thrown when every try failed; a real refusal at once. */
export async function retryUnanswered<T>(
  call: () => Promise<T>,
  pauses: readonly number[],
  sleep: (ms: number) => Promise<void>,
): Promise<T> {
  for (const pause of pauses) {
    try {
      return await call();
    } catch (error) {
      if (!mayPass(error)) throw error;
      await sleep(pause);
    }
  }
  return call();
}

function mayPass(error: unknown): boolean {
  return error instanceof NoAnswerError || (error instanceof ApiError && PASSING.has(error.problem.code));
}
