// Brings phases, outputs and outcomes to the centre. An outcome is offered until it is accepted or refused.
import { ApiError, type AttemptRef, type Client, type Outcome, workerRoutes } from '@pilotfish/api-contract';
import { isPassing, type Log, persist, type Sent } from '@pilotfish/worker-kit';
import type { Spool } from './spool.ts';

/** By then the centre has long given the job to somebody else. */
const OUTCOME_PATIENCE_MS = 6 * 3_600_000;
const OUTPUT_PATIENCE_MS = 3_600_000;

export interface DeliveryParts {
  readonly client: Client;
  readonly spool: Spool;
  readonly log: Log;
  /** Aborted when the pilot can't wait any longer. */
  readonly signal: AbortSignal;
}

export class Delivery {
  readonly #parts: DeliveryParts;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** One try, since a beat says the same soon; false when the attempt isn't ours any more. */
  async running(ref: AttemptRef, minor: string): Promise<boolean> {
    try {
      await this.#parts.client.call(workerRoutes.attemptPhase, {
        params: paramsOf(ref),
        body: { phase: 'running', minor },
      });
      return true;
    } catch (error) {
      if (error instanceof ApiError) return isPassing(error) || error.problem.code !== 'stale-attempt';
      return true;
    }
  }

  async output(
    ref: AttemptRef,
    archive: { readonly bytes: Uint8Array; readonly digest: string },
  ): Promise<Sent<unknown>> {
    const { client, signal } = this.#parts;
    const params = { ...paramsOf(ref), digest: archive.digest };
    return persist(
      () => client.call(workerRoutes.putOutput, { params, body: archive.bytes, signal, timeoutMs: 60_000 }),
      { signal, maxMs: OUTPUT_PATIENCE_MS },
    );
  }

  /** Resolves when the outcome is accepted, refused (`stale-attempt`, `not-found`) or time is up. */
  async outcome(ref: AttemptRef, outcome: Outcome): Promise<Sent<unknown>['kind']> {
    const { client, spool, log, signal } = this.#parts;
    let saved: Promise<void> | undefined;
    const sent = await persist(
      () => client.call(workerRoutes.attemptOutcome, { params: paramsOf(ref), body: outcome, signal }),
      {
        signal,
        maxMs: OUTCOME_PATIENCE_MS,
        onRetry: () => {
          saved ??= spool.save(ref, outcome).catch(() => undefined);
        },
      },
    );
    if (sent.kind === 'refused') {
      log.warn('outcome refused', { job: ref.jobId, n: ref.n, code: sent.problem.code, detail: sent.problem.detail });
    }
    await saved;
    if (sent.kind !== 'unsure' && saved !== undefined) await spool.delete(ref);
    return sent.kind;
  }
}

function paramsOf(ref: AttemptRef): { id: string; n: string } {
  return { id: String(ref.jobId), n: String(ref.n) };
}
