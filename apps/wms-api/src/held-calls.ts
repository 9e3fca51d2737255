// Calls that are held open: they end at the next hint of their topic, after their time, or when the client hangs up.
import type { Topic, Wake } from '@pilotfish/persistence';

/** Resolves at the next ring of `topic`, after `ms`, or on `signal`; never rejects. */
export function nextRing(wake: Wake, topic: Topic, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      off();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    const off = wake.on(topic, end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}

/** Behind every hint stands a look at least this often, in ms. */
const POLL_MS = 1000;

/** Looks until `done` says so or the time is over, and returns the last look. */
export async function lookUntil<T>(
  wake: Wake,
  topic: Topic,
  waitMs: number,
  signal: AbortSignal,
  look: () => Promise<T>,
  done: (seen: T) => boolean,
): Promise<T> {
  const until = Date.now() + waitMs;
  for (;;) {
    // Listening begins before looking, so that news in between is not slept through.
    const news = nextRing(wake, topic, Math.min(until - Date.now(), POLL_MS), signal);
    const seen = await look();
    if (done(seen) || until - Date.now() <= 0 || signal.aborted) return seen;
    await news;
  }
}
