// The agent's two endless talks with the centre: the beat, which must go on, and the held call, which only makes orders
// arrive sooner.
import { ApiError, type Client, workerRoutes } from '@pilotfish/api-contract';
import { backoffMs, type Log, pause, WORKER_VERSION } from '@pilotfish/worker-kit';
import type { Health } from './health.ts';
import type { OrdersBoard } from './orders-board.ts';

const BEAT_TIMEOUT_MS = 10_000;
const FIRST_BEAT_MS = 2000;
const HOLD_S = 25;
const LEAST_GAP_MS = 100;
/** The contract's limit. */
const TAIL_CHARS = 16_384;

export interface ConversationParts {
  readonly client: Client;
  readonly beatS: number;
  readonly board: OrdersBoard;
  readonly health: Health;
  readonly pilotRunning: () => boolean;
  readonly logTail: () => string;
  readonly log: Log;
  /** The centre didn't take the token. */
  readonly onUnauthenticated: () => void;
  readonly signal: AbortSignal;
}

/** Resolves when the signal aborts. */
export async function beat(parts: ConversationParts): Promise<void> {
  const { client, beatS, board, health, signal } = parts;
  // The first beat would always say that no pilot runs; it may wait a moment for it.
  for (let waited = 0; waited < FIRST_BEAT_MS && !parts.pilotRunning(); waited += 50) await pause(50, signal);
  await repeat(parts, 'beat', beatS * 1000, async () => {
    const body = {
      version: WORKER_VERSION,
      health: await health.measure(parts.pilotRunning()),
      logTail: parts.logTail().slice(-TAIL_CHARS),
    };
    board.put(await client.call(workerRoutes.beatVm, { body, signal, timeoutMs: BEAT_TIMEOUT_MS }));
  });
}

/** Resolves when the signal aborts. */
export async function awaitOrders(parts: ConversationParts): Promise<void> {
  const { client, board, signal } = parts;
  await repeat(parts, 'held call', LEAST_GAP_MS, async () => {
    const query = { version: board.newest?.version ?? 0, waitS: HOLD_S };
    const timeoutMs = (HOLD_S + 10) * 1000;
    board.put(await client.call(workerRoutes.awaitInstructions, { query, signal, timeoutMs }));
  });
}

async function repeat(parts: ConversationParts, name: string, gapMs: number, once: () => Promise<void>): Promise<void> {
  const { signal, log, onUnauthenticated } = parts;
  for (let failures = 0; !signal.aborted; ) {
    try {
      await once();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (failures === 1) log.warn(`${name} failed`, { reason: String(error) });
      if (error instanceof ApiError && error.problem.status === 401) onUnauthenticated();
    }
    await pause(failures === 0 ? gapMs : backoffMs(failures, Math.max(gapMs, 5000)), signal);
  }
}
