// A pilot's ask: match what the node has free against what waits, claim it, or hold the ask open until work arrives.
import type { PilotId, Resources, VmId } from '@pilotfish/model';
import type { AskLane } from './ask-lane.ts';
import type { Claimed } from './claim-store.ts';
import type { QueueIndex } from './queue-index.ts';

export interface AskRequest {
  readonly vmId: VmId;
  /** From the VM's verified identity. */
  readonly vo: string;
  readonly pilotId: PilotId;
  readonly askId: string;
  readonly total: Resources;
  readonly free: Resources;
  readonly platforms: readonly string[];
  readonly limit: number;
  readonly waitMs: number;
}

export interface AskDeps {
  readonly lane: AskLane;
  readonly queues: QueueIndex;
  /** Resolves at the next announcement of work, after `ms` at the latest, or when `signal` aborts. */
  readonly nextWork: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
}

/** A held ask looks again at least this often, whatever wake-ups got lost. */
const POLL_MS = 1000;
/** Others may be faster; then it looks at a fresh picture and tries again, at most this often at a time. */
const TRIES = 3;

/** `signal` aborts when the pilot is no longer on the line: nothing must be claimed for it then. */
export async function ask(deps: AskDeps, request: AskRequest, signal: AbortSignal): Promise<readonly Claimed[]> {
  const until = deps.now() + request.waitMs;
  while (!signal.aborted) {
    // Listening begins before looking, so that work announced in between is not slept through.
    const news = deps.nextWork(Math.min(until - deps.now(), POLL_MS), signal);
    const claimed = await matchNow(deps, request, signal);
    if (claimed.length > 0 || until - deps.now() <= 0) return claimed;
    await news;
  }
  return [];
}

async function matchNow(deps: AskDeps, request: AskRequest, signal: AbortSignal): Promise<readonly Claimed[]> {
  for (let tries = 0; tries < TRIES && !signal.aborted; tries++) {
    const { claimed, beaten } = await deps.lane.look(request, signal);
    if (claimed.length > 0) return claimed;
    if (beaten) deps.queues.invalidate();
    if (!deps.queues.stale) return [];
    await deps.queues.fresh(request.vo);
  }
  return [];
}
