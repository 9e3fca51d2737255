// `wms bench submit`: durable submissions over HTTP, one by one and a thousand per call; and beside them bare inserts.
import { bareInserts } from './baselines.ts';
import { type Figures, perSecond, ratio } from './bench-report.ts';
import { benchUser } from './bench-user.ts';
import { loadOf, readMeter } from './meter.ts';
import { spreadOf } from './quantile.ts';
import type { Stage } from './stage.ts';
import { PER_CALL, Submitter } from './submitter.ts';
import { prepareWorld, type Scale } from './waiting-world.ts';

export interface SubmitSettings extends Scale {
  readonly clients: number;
  readonly seconds: number;
  /** In bulk. */
  readonly jobs: number;
}

const LONGEST_WARM_UP_MS = 1000;

export async function submit(stage: Stage, settings: SubmitSettings, say: (text: string) => void): Promise<Figures> {
  const { clients, seconds, jobs } = settings;
  const world = await prepareWorld(stage, settings, say);
  const submitter = new Submitter(stage, await benchUser(stage));
  const effort = { ms: seconds * 1000, warmUpMs: Math.min(LONGEST_WARM_UP_MS, seconds * 200) };
  await stage.profiler.begin();
  const from = await readMeter(stage);
  say('one job per call');
  const alone = await submitter.singles({ ...effort, clients: 1 });
  const many = await submitter.singles({ ...effort, clients });
  await stage.profiler.end();
  say(`${PER_CALL} jobs per call`);
  const bulk = await submitter.bulk(jobs);
  const load = loadOf(from, await readMeter(stage), stage);
  const { rows } = await stage.sql.query<{ waiting: number }>('SELECT count(*)::int AS waiting FROM waiting_job');
  say('the same as bare inserts');
  const half = { ms: effort.ms / 2, warmUpMs: effort.warmUpMs / 2 };
  const bareMany = await bareInserts(stage, { ...half, clients }, 1);
  const bareAlone = await bareInserts(stage, { ...half, clients: 1 }, 1);
  const bareBulk = await bareInserts(stage, { ...half, clients: 2 }, PER_CALL);
  return {
    ...world,
    single_per_s: perSecond(many.rate),
    single: spreadOf(many.durations),
    single_1_client_per_s: perSecond(alone.rate),
    single_1_client: spreadOf(alone.durations),
    bulk_per_s: perSecond(bulk.rate * PER_CALL),
    bulk_call: spreadOf(bulk.durations),
    array_jobs_per_s: null,
    array_claimable_per_s: null,
    taken: submitter.taken,
    lost: world.waiting + submitter.taken - rows[0]!.waiting,
    baseline_single_per_s: perSecond(bareMany.rate),
    baseline_single_1_client_per_s: perSecond(bareAlone.rate),
    baseline_bulk_per_s: perSecond(bareBulk.rate * PER_CALL),
    single_to_baseline: ratio(many.rate, bareMany.rate),
    bulk_to_baseline: ratio(bulk.rate, bareBulk.rate),
    cost_per_single: many.cost,
    cost_per_bulk_call: bulk.cost,
    load,
  };
}
