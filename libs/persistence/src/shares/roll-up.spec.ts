import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { anyCourse, type Deployment, takeTogether, windDown } from '../ledger.fixture.ts';
import { aWorld, ONE, report, type World } from '../world.fixture.ts';
import { rollUpUsage } from './roll-up.ts';

const HALF_LIFE_S = 1e6;
let world: World;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.jobs.kill({}, 'cleared', 'a test');
});

interface Difference {
  readonly vo: string;
  readonly owner: string;
  readonly said: number;
  readonly wanted: number;
}

/** Users whose account isn't what the raw attempts say; the half-life is so long that a second end makes no difference. */
async function differences(): Promise<readonly Difference[]> {
  const rows = await world.read<Difference>(
    `WITH raw AS (
       SELECT j.vo, j.grp, j.owner, sum(a.processors * extract(epoch FROM a.ended_at - a.claimed_at)
         * share_left(a.ended_at, now(), ${HALF_LIFE_S})) AS wanted
       FROM attempt a JOIN job j ON j.id = a.job_id WHERE a.ended_at IS NOT NULL GROUP BY 1, 2, 3
     )
     SELECT vo, owner, coalesce(core_s * share_left(at, now(), ${HALF_LIFE_S}), 0) AS said, coalesce(wanted, 0) AS wanted
     FROM raw FULL JOIN share_usage USING (vo, grp, owner)`,
  );
  return rows.filter(({ said, wanted }) => Math.abs(said - wanted) > 1e-4 * (1 + Math.abs(wanted)));
}

/** Ends, and the claims before them, lie up to an hour back. */
const age = () =>
  world.read(
    `UPDATE attempt SET claimed_at = claimed_at - make_interval(secs => 3 * (job_id % 7)),
       ended_at = ended_at - make_interval(secs => job_id % 3) WHERE NOT accounted AND accounted_core_s = 0`,
  );

it('says what the attempts of any history say, however often and by how many it is done', async () => {
  const course = anyCourse.map((groups) => groups.slice(0, 12));
  await fc.assert(
    fc.asyncProperty(course, course, async (before, after) => {
      const all: Deployment = { world, machines: [], submitted: [] };
      for (const steps of before) await takeTogether(all, steps);
      await age();
      await rollUpUsage(world.db, HALF_LIFE_S, 3);
      for (const steps of after) await takeTogether(all, [...steps]);
      // Together with more ends, and with itself.
      await Promise.all([
        takeTogether(all, before[0]!),
        ...Array.from({ length: 3 }, () => rollUpUsage(world.db, HALF_LIFE_S, 2)),
      ]);
      // One that its pilot has taken back has been counted once, and ends again here.
      await windDown(all);
      await rollUpUsage(world.db, HALF_LIFE_S);
      expect(await rollUpUsage(world.db, HALF_LIFE_S)).toBe(0);
    }),
    { numRuns: 6 },
  );
  const over = await world.read('SELECT 1 FROM attempt WHERE ended_at IS NOT NULL');
  expect(over.length).toBeGreaterThan(0);
  expect(await differences()).toEqual([]);
}, 60_000);

it('counts what ended, what ended just now and what runs, and no attempt twice', async () => {
  const vm = await world.startVm();
  const [ended, running] = await world.submit(2, { owner: 'cyd' });
  const claimed = await world.claim(vm, 2);
  await world.read(`UPDATE attempt SET claimed_at = now() - interval '100 s' WHERE job_id = $1`, [ended!]);
  await world.read(`UPDATE attempt SET claimed_at = now() - interval '30 s' WHERE job_id = $1`, [running!]);
  const useOf = async () => (await world.claims.shares()).use.find(({ owner }) => owner === 'cyd')!;
  // Without history a job counts as one of a minute.
  expect((await useOf()).openCoreS).toBeCloseTo(100 + 60, 0);
  expect((await useOf()).ranCoreS).toBeCloseTo(100 + 30, 0);
  const first = claimed.find(({ jobId }) => jobId === ended)!;
  await world.attempts.outcome(world.keyOf(vm, first), report('done'));
  const before = await useOf();
  expect(before.coreS).toBeCloseTo(100 * ONE.processors + 60, 0);
  await rollUpUsage(world.db, HALF_LIFE_S);
  const after = await useOf();
  // The one that runs is now expected to take as long as the other did.
  expect(after).toMatchObject({ expectedS: expect.closeTo(100, 0), openCoreS: expect.closeTo(100, 0) });
  expect(after.coreS).toBeCloseTo(200, 0);
});

it('adds only the rest when a lost attempt is taken back by its pilot and ends again', async () => {
  const vm = await world.startVm();
  const [id] = await world.submit(1, { owner: 'dot' });
  const [claimed] = await world.claim(vm, 1);
  await world.attempts.phase(world.keyOf(vm, claimed!), 'running', 'm', undefined);
  await world.silence([vm], 600);
  await world.attempts.sweepLost();
  await world.read(`UPDATE attempt SET claimed_at = ended_at - interval '50 s' WHERE job_id = $1`, [id!]);
  await rollUpUsage(world.db, HALF_LIFE_S);
  await world.beat(vm, [claimed!]);
  expect(await world.read('SELECT accounted FROM attempt WHERE job_id = $1', [id!])).toEqual([{ accounted: false }]);
  await world.read(`UPDATE attempt SET claimed_at = claimed_at - interval '20 s' WHERE job_id = $1`, [id!]);
  await world.attempts.outcome(world.keyOf(vm, claimed!), report('done'));
  await rollUpUsage(world.db, HALF_LIFE_S);
  const [row] = await world.read<{ coreS: number; attempts: number }>(
    `SELECT core_s AS "coreS", attempts FROM share_usage WHERE owner = 'dot'`,
  );
  expect(row!.coreS).toBeCloseTo(70, 0);
  expect(row!.attempts).toBeCloseTo(1, 2);
});

it('makes the tree of the VOs’ weights and of what is written for groups and users', async () => {
  await world.read(`INSERT INTO share_node (vo, grp, owner, weight, shared) VALUES
    ('astro', 'prod', '', 3, true), ('astro', 'users', 'ada', 0, false)`);
  const { tree, halfLifeS } = await world.claims.shares();
  expect(halfLifeS).toBe(HALF_LIFE_S);
  expect(tree.members?.bio).toMatchObject({ weight: 1 });
  expect(tree.members?.astro?.members).toMatchObject({
    prod: { weight: 3, shared: true },
    users: { members: { ada: { weight: 0 } } },
  });
});
