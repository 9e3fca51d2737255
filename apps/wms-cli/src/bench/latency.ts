// `wms bench latency`: pilots hold their asks open, one job is submitted; how long until one of them has it? The jobs
// that wait meanwhile suit none of these pilots.
import { randomUUID } from 'node:crypto';
import { API_PREFIX, routes } from '@pilotfish/api-contract';
import { AskingNode } from './asking-node.ts';
import { startFleet } from './bench-fleet.ts';
import type { Figures } from './bench-report.ts';
import { benchUser } from './bench-user.ts';
import { Deliveries } from './deliveries.ts';
import { httpRequest, KeptConnection } from './kept-connection.ts';
import { verdictOn } from './match.ts';
import { costOf, loadOf, readMeter } from './meter.ts';
import { spreadOf } from './quantile.ts';
import type { Stage } from './stage.ts';
import { prepareWorld, type Scale } from './waiting-world.ts';

export interface LatencySettings extends Scale {
  readonly pilots: number;
  readonly samples: number;
}

const CORES = 1024;
const WAIT_S = 20;
const WARM_UP = 10;
/** For a job that no pilot gets. */
const GIVE_UP_MS = 10_000;
const MOST_PAUSE_MS = 25;

export async function latency(stage: Stage, settings: LatencySettings, say: (text: string) => void): Promise<Figures> {
  const { pilots, samples } = settings;
  const world = await prepareWorld(stage, settings, say);
  const token = await benchUser(stage);
  const deliveries = new Deliveries();
  const arrivals = new Arrivals();
  const stop = await holdAsks(
    stage,
    pilots,
    (jobs) => {
      deliveries.add(jobs);
      for (const { jobId } of jobs) arrivals.note(jobId);
    },
    (error) => arrivals.fail(error),
  );
  const connection = await KeptConnection.open(stage.url);
  try {
    for (let job = 0; job < WARM_UP; job++) await startOne(job);
    await stage.profiler.begin();
    say(`${samples} jobs, one at a time, while ${pilots} pilots hold their asks`);
    const from = await readMeter(stage);
    const times: Times[] = [];
    for (let job = 0; job < samples; job++) times.push(await startOne(job));
    const to = await readMeter(stage);
    await stage.profiler.end();
    return {
      ...world,
      pilots,
      samples,
      ...spreadOf(times.map(({ fromSubmit }) => fromSubmit)),
      submit: spreadOf(times.map(({ accepted }) => accepted)),
      never_claimed: times.filter(({ fromSubmit }) => fromSubmit >= GIVE_UP_MS).length,
      ...(await verdictOn(stage, deliveries, world.waiting)),
      cost_per_job: costOf(from, to, samples),
      load: loadOf(from, to, stage),
    };
  } finally {
    connection.close();
    stop();
  }

  async function startOne(nth: number): Promise<Times> {
    // Not in step with anything that the service does in beats.
    await new Promise((resolve) => setTimeout(resolve, (nth * 7919) % MOST_PAUSE_MS));
    const sent = performance.now();
    const answer = await connection.send(
      httpRequest({
        method: 'POST',
        path: `${API_PREFIX}${routes.submitJob.path}`,
        host: new URL(stage.url).host,
        token,
        headers: { 'idempotency-key': randomUUID() },
        body: { executable: '/bin/true' },
      }),
    );
    const accepted = performance.now() - sent;
    if (answer.status !== routes.submitJob.status) throw new Error(`not taken: ${answer.status} ${answer.body}`);
    const [id] = (JSON.parse(answer.body) as { ids: number[] }).ids;
    const arrived = await arrivals.of(id!);
    return { accepted, fromSubmit: arrived === undefined ? GIVE_UP_MS : arrived - sent };
  }
}

interface Times {
  /** ms until the submission was answered. */
  readonly accepted: number;
  /** ms from the submission until a pilot had the job. */
  readonly fromSubmit: number;
}

interface Waiting {
  readonly come: (at: number) => void;
  readonly fail: (error: unknown) => void;
}

/** When each job came to a pilot; it may come before its submission is answered. */
class Arrivals {
  readonly #at = new Map<number, number>();
  readonly #waiting = new Map<number, Waiting>();
  #failure: { readonly error: unknown } | undefined;

  note(jobId: number): void {
    const now = performance.now();
    this.#at.set(jobId, now);
    this.#waiting.get(jobId)?.come(now);
  }

  /** A pilot broke down: no figure is worth having any more. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { fail } of this.#waiting.values()) fail(error);
  }

  of(jobId: number): Promise<number | undefined> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    const known = this.#at.get(jobId);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => resolve(undefined), GIVE_UP_MS);
      const come = (at: number) => {
        clearTimeout(limit);
        resolve(at);
      };
      this.#waiting.set(jobId, { come, fail: reject });
    });
  }
}

type Jobs = readonly { readonly jobId: number }[];

/** So many pilots ask and ask again; the result stops them. */
async function holdAsks(
  stage: Stage,
  pilots: number,
  got: (jobs: Jobs) => void,
  broken: (error: unknown) => void,
): Promise<() => void> {
  const fleet = await startFleet(stage, { count: pilots, cores: CORES, at: 'nowhere' });
  const lines = await Promise.all(Array.from({ length: pilots }, () => KeptConnection.open(stage.url)));
  const nodes = await Promise.all(lines.map((line) => AskingNode.next(fleet, line, stage.url)));
  let stopped = false;
  const hold = async (node: AskingNode) => {
    while (!stopped) got((await node.ask(1, WAIT_S)).assignments);
  };
  for (const node of nodes) {
    hold(node!).catch((error: unknown) => {
      if (!stopped) broken(error);
    });
  }
  return () => {
    stopped = true;
    for (const line of lines) line.close();
  };
}
