// A pilot's ask: match what the node has free against what waits, claim it, or hold the ask open until work arrives.
import { fill } from '@pilotfish/matcher';
import type { PilotId, Resources, VmId } from '@pilotfish/model';
import type { Claimed, ClaimStore } from './claim-store.ts';
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
  readonly claims: ClaimStore;
  readonly queues: QueueIndex;
  /** Resolves at the next announcement of work, after `ms` at the latest, or when `signal` aborts. */
  readonly nextWork: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly now: () => number;
}

/** A held ask looks again at least this often, whatever wake-ups got lost. */
const POLL_MS = 1000;
/** Others may be faster; then the index is read anew and tried again, at most this often at a time. */
const CONTENDED_TRIES = 3;

/** `signal` aborts when the pilot is no longer on the line: nothing must be claimed for it then. */
export async function ask(deps: AskDeps, request: AskRequest, signal: AbortSignal): Promise<readonly Claimed[]> {
  const before = await deps.claims.ofAsk(request.vmId, request.askId);
  if (before.length > 0) return before;
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
  for (let tries = 0; tries < CONTENDED_TRIES && !signal.aborted; tries++) {
    const candidates = await deps.queues.candidates(request.vo);
    if (candidates.length === 0) return [];
    const offer = await deps.claims.offerOf(request.vmId, request);
    const picks = offer === undefined ? [] : fill(offer, candidates, request.limit);
    if (picks.length === 0 || signal.aborted) return [];
    const claimed = await deps.claims.claim({ ...request, picks });
    // What was taken, here or by others meanwhile, is no longer as the index has it.
    deps.queues.invalidate();
    if (claimed.length > 0) return claimed;
  }
  return [];
}
