// Keeps one short token fresh. A single loop mints, so that there is never more than one request; everybody else reads.
import { ApiError, type Client, JWT_BEARER, workerRoutes } from '@pilotfish/api-contract';
import { backoffMs, isPassing, type Log, pause } from '@pilotfish/worker-kit';

const RENEW_AT = 0.6;
const LEAST_GAP_MS = 1000;
const MAX_BACKOFF_MS = 10_000;
/** One refusal may be a clock that is just being set. */
const REFUSALS = 3;

export interface Token {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokensParts {
  /** Without a token. */
  readonly client: Client;
  readonly assertion: () => string;
  readonly log: Log;
  readonly onRenewed: (token: Token) => void;
  /** The centre has no place for this VM any more. */
  readonly onRefused: (reason: string) => void;
}

export class Tokens {
  readonly #parts: TokensParts;
  readonly #closed = new AbortController();
  #wake = new AbortController();
  #waiting: ((token: Token) => void)[] = [];
  #newest: Token | undefined;
  #refusals = 0;

  constructor(parts: TokensParts) {
    this.#parts = parts;
  }

  /** The newest token; waits for the first one. */
  async current(): Promise<Token> {
    return this.#newest ?? new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The centre didn't take the newest one: mint another. */
  distrust(): void {
    this.#wake.abort();
  }

  close(): void {
    this.#closed.abort();
    this.#wake.abort();
  }

  /** Resolves after `close`. */
  async run(): Promise<void> {
    for (let failures = 0; !this.#closed.signal.aborted; ) {
      const lifeS = await this.#renew();
      failures = lifeS === undefined ? failures + 1 : 0;
      this.#wake = new AbortController();
      const restMs = lifeS === undefined ? backoffMs(failures, MAX_BACKOFF_MS) : lifeS * 1000 * RENEW_AT;
      await pause(Math.min(restMs, LEAST_GAP_MS), this.#closed.signal);
      await pause(Math.max(0, restMs - LEAST_GAP_MS), this.#wake.signal);
    }
  }

  /** Seconds that the new token lives, or undefined when there is none. */
  async #renew(): Promise<number | undefined> {
    const { client, assertion, log } = this.#parts;
    try {
      const body = { grant_type: JWT_BEARER, assertion: assertion() } as const;
      const reply = await client.call(workerRoutes.workerToken, { body, timeoutMs: 10_000 });
      this.#refusals = 0;
      this.#publish({ token: reply.access_token, expiresAt: Date.now() + reply.expires_in * 1000 });
      return reply.expires_in;
    } catch (error) {
      log.warn('no new token', { reason: String(error) });
      this.#noteRefusal(error);
      return undefined;
    }
  }

  #publish(token: Token): void {
    this.#newest = token;
    for (const resolve of this.#waiting) resolve(token);
    this.#waiting = [];
    this.#parts.onRenewed(token);
  }

  #noteRefusal(error: unknown): void {
    // Here a 401 isn't passing: it speaks of the assertion, and that was new.
    if (!(error instanceof ApiError) || (isPassing(error) && error.problem.status !== 401)) return;
    this.#refusals += 1;
    const { code, detail } = error.problem;
    if (code === 'vm-locked' || this.#refusals >= REFUSALS) this.#parts.onRefused(`${code}: ${detail}`);
  }
}
