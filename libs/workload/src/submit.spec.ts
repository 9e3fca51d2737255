import { type JobId, type Offer, WmsError } from '@pilotfish/model';
import { expect, it } from 'vitest';
import type { NewJob } from './job-store.ts';
import { type Submission, submit } from './submit.ts';
import { anOffer, payload, requirements } from './workload.fixture.ts';

function aService(offers: readonly Offer[] = [anOffer()]) {
  const stored: NewJob[] = [];
  let next = 100;
  let announced = 0;
  const deps = {
    jobs: {
      reserveIds: async (count: number) => Array.from({ length: count }, () => next++ as JobId),
      insert: async (jobs: readonly NewJob[]) => void stored.push(...jobs),
    } as never,
    capacityOffers: async (vo: string) => offers.filter((offer) => offer.vo === vo),
    announce: () => {
      announced += 1;
    },
  };
  return { deps, stored, announced: () => announced };
}

function aSubmission(cores = 1, pointer = '#', vo = 'astro'): Submission {
  const needs = requirements({ processors: { min: cores, max: cores } });
  const who = { vo, group: 'users', owner: 'ada', name: 'a job', jobGroup: '', priority: 1, maxReschedules: 3 };
  return {
    job: { ...who, requirements: needs, requirementsKey: `${cores}`, credential: 'none', labels: {} },
    payload: (id) => ({ ...payload, arguments: [`out-${id}`] }),
    pointer,
  };
}

it('all jobs of an item get their ids in order, and each payload knows its own', async () => {
  const { deps, stored, announced } = aService();
  const results = await submit(deps, [[aSubmission(), aSubmission()], [aSubmission(2)]], 'ada');
  expect(results).toEqual([[100, 101], [102]]);
  expect(stored.map(({ id, payload }) => [id, payload.arguments])).toEqual([
    [100, ['out-100']],
    [101, ['out-101']],
    [102, ['out-102']],
  ]);
  expect(announced()).toBe(1);
});

it('an item that nothing could ever run is refused as a whole, the others are taken', async () => {
  const { deps, stored } = aService();
  const items = [[aSubmission()], [aSubmission(), aSubmission(99, '#/sweep/1')], [aSubmission(8)]];
  const [first, second, third] = await submit(deps, items, 'ada');
  expect([first, third]).toEqual([[100], [101]]);
  expect(second).toBeInstanceOf(WmsError);
  expect(second).toMatchObject({ code: 'can-never-run', message: expect.stringContaining('VO astro') });
  expect((second as WmsError).flaws).toEqual([
    {
      pointer: '#/sweep/1',
      detail:
        "profile small at local: needs 99 cores at once; the node has 8; needs its cores' share of memory, 198 GiB; the node has 16 GiB",
    },
  ]);
  expect(stored).toHaveLength(2);
});

it('nothing is announced when nothing is taken', async () => {
  const { deps, stored, announced } = aService();
  await submit(deps, [[aSubmission(99)]], 'ada');
  expect(await submit(deps, [], 'ada')).toEqual([]);
  expect([stored, announced()]).toEqual([[], 0]);
});

it('a VO without profiles is told so, and another VO’s nodes don’t count', async () => {
  const { deps } = aService([anOffer({ vo: 'bio' })]);
  const [result] = await submit(deps, [[aSubmission()]], 'ada');
  expect((result as WmsError).flaws[0]!.detail).toContain('VO astro has no VM profile');
  expect((result as WmsError).flaws[0]!.detail).not.toContain('bio');
});

it('each distinct need of a large sweep is judged once', async () => {
  const { deps } = aService();
  const sweep = Array.from({ length: 5000 }, (_, index) => aSubmission(99, `#/sweep/${index}`));
  const [result] = await submit(deps, [sweep], 'ada');
  expect((result as WmsError).flaws.map(({ pointer }) => pointer)).toEqual(['#/sweep/0']);
});
