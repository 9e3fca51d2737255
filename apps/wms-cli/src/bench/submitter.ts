// Submits as `wms submit` does: over HTTP, each call under an idempotency key of its own; and counts what was taken.
import { randomUUID } from 'node:crypto';
import { API_PREFIX, type Route, routes } from '@pilotfish/api-contract';
import { type Driven, drive } from './drive.ts';
import { httpRequest, KeptConnection } from './kept-connection.ts';
import { type Cost, costOf, type Reading, readMeter } from './meter.ts';
import type { Stage } from './stage.ts';

export const PER_CALL = 1000;
const BULK_CLIENTS = 2;

const JOB = {
  executable: 'run-analysis',
  arguments: ['--events', '250', '--options', 'beam-6800GeV-mu100.py'],
  environment: { CAMPAIGN: '2026-03' },
  outputSandbox: ['*.log'],
  inputData: ['/community/mc/2026/gen/00012345/0001.sim'],
  resources: { cpuTimeS: 86_400 },
};

export interface Effort {
  readonly clients: number;
  readonly warmUpMs: number;
  readonly ms: number;
}

export type Submitted = Driven & { readonly cost: Cost };

export class Submitter {
  readonly #stage: Stage;
  readonly #token: string;
  #taken = 0;

  constructor(stage: Stage, token: string) {
    this.#stage = stage;
    this.#token = token;
  }

  /** Jobs that the service said it has taken, whatever was counted of them. */
  get taken(): number {
    return this.#taken;
  }

  /** One job per call. */
  singles(effort: Effort): Promise<Submitted> {
    return this.#drive(effort, async (line) => {
      const { ids } = await this.#call<{ ids: readonly number[] }>(line, routes.submitJob, JOB);
      this.#taken += ids.length;
      return undefined;
    });
  }

  /** So many jobs in all, a thousand per call; the rates are of calls. */
  bulk(jobs: number): Promise<Submitted> {
    let calls = Math.ceil(jobs / PER_CALL);
    const effort = { clients: Math.min(BULK_CLIENTS, calls), warmUpMs: 0, ms: 600_000 };
    return this.#drive(effort, async (line) => {
      if (calls <= 0) return 'over';
      calls -= 1;
      const body = { jobs: Array.from({ length: PER_CALL }, (_, n) => ({ ...JOB, name: `bulk-${n}` })) };
      const { items } = await this.#call<{ items: readonly { ids?: readonly number[] }[] }>(
        line,
        routes.submitJobs,
        body,
      );
      this.#taken += items.reduce((sum, { ids }) => sum + (ids?.length ?? 0), 0);
      return undefined;
    });
  }

  async #drive(effort: Effort, act: (line: KeptConnection) => Promise<'over' | undefined>): Promise<Submitted> {
    const { clients } = effort;
    const lines = await Promise.all(Array.from({ length: clients }, () => KeptConnection.open(this.#stage.url)));
    let from: Reading | undefined;
    try {
      const driven = await drive({
        ...effort,
        begin: async () => {
          from = await readMeter(this.#stage);
        },
        act: async (client) => {
          const sent = performance.now();
          return (await act(lines[client]!)) ?? performance.now() - sent;
        },
      });
      return { ...driven, cost: costOf(from!, await readMeter(this.#stage), driven.count) };
    } finally {
      for (const line of lines) line.close();
    }
  }

  async #call<T>(line: KeptConnection, route: Route, body: unknown): Promise<T> {
    const request = httpRequest({
      method: 'POST',
      path: `${API_PREFIX}${route.path}`,
      host: new URL(this.#stage.url).host,
      token: this.#token,
      headers: { 'idempotency-key': randomUUID() },
      body,
    });
    const answer = await line.send(request);
    if (answer.status === route.status) return JSON.parse(answer.body) as T;
    throw new Error(`${route.id} was answered with ${answer.status}: ${answer.body.slice(0, 500)}`);
  }
}
