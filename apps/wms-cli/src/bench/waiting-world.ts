// The scene that most benches begin with: a VO with its clouds, and the snapshot's queues full of waiting jobs.
import { prepareVo, VO } from './bench-fleet.ts';
import { queueShapes } from './queue-shapes.ts';
import { seedJobs } from './seed-jobs.ts';
import type { Stage } from './stage.ts';

export interface Scale {
  readonly waiting: number;
  readonly queues: number;
}

export interface WaitingWorld {
  readonly waiting: number;
  readonly queues: number;
  readonly sites: number;
  readonly platforms: number;
  readonly tags: number;
  readonly largest_owner_share: number;
  readonly seed_s: number;
}

/** The facts are counted in the ledger, not repeated from the request. */
export async function prepareWorld(
  stage: Stage,
  { waiting, queues }: Scale,
  say: (text: string) => void,
): Promise<WaitingWorld> {
  await prepareVo(stage);
  const begun = performance.now();
  if (waiting > 0) await seedJobs(stage.sql, VO, queueShapes(waiting, queues), say);
  const { rows } = await stage.sql.query<Omit<WaitingWorld, 'seed_s'>>(COUNTED);
  return { ...rows[0]!, seed_s: Math.round((performance.now() - begun) / 100) / 10 };
}

const COUNTED = `WITH waiting AS (
    SELECT q.requirements, q.owner, count(*) AS jobs FROM waiting_job w JOIN task_queue q ON q.id = w.queue_id GROUP BY q.id
  ), owners AS (
    SELECT sum(jobs) AS jobs FROM waiting GROUP BY owner
  ), named AS (
    SELECT count(DISTINCT value) FILTER (WHERE key = 'sites')::int AS sites,
      count(DISTINCT value) FILTER (WHERE key = 'platforms')::int AS platforms,
      count(DISTINCT value) FILTER (WHERE key = 'tags')::int AS tags
    FROM waiting, jsonb_each(requirements) AS part(key, list), jsonb_array_elements_text(list)
    WHERE key IN ('sites', 'platforms', 'tags')
  )
  SELECT coalesce(sum(jobs), 0)::int AS waiting, count(*)::int AS queues, (SELECT sites FROM named) AS sites,
    (SELECT platforms FROM named) AS platforms, (SELECT tags FROM named) AS tags,
    coalesce(round((SELECT max(jobs) FROM owners) / nullif(sum(jobs), 0), 3), 0)::float8 AS largest_owner_share
  FROM waiting`;
