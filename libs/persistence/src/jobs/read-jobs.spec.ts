import type { JobId } from '@pilotfish/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aWorld, type World } from '../world.fixture.ts';

let world: World;
let ids: readonly JobId[];
beforeAll(async () => {
  world = await aWorld();
  ids = [
    ...(await world.submit(2, { name: 'fit-1', jobGroup: 'fits' })),
    ...(await world.submit(1, { owner: 'bob', name: 'fit-2' })),
    ...(await world.submit(1, { vo: 'bio', group: 'admins' })),
  ];
  await world.jobs.kill({ ids: [ids[1]!] }, '', 'ada');
});
afterAll(() => world.close());
const listed = async (filter: Parameters<World['jobs']['list']>[0]) =>
  (await world.jobs.list(filter)).map(({ id }) => ids.indexOf(id));

it('the newest job comes first, a page at a time, whatever the size of the page', async () => {
  expect(await listed({})).toEqual([3, 2, 1, 0]);
  expect(await listed({ limit: 1 })).toEqual([3]);
  expect(await listed({ limit: 2 })).toEqual([3, 2]);
  expect(await listed({ limit: 2, before: ids[2]! })).toEqual([1, 0]);
});

it('every field restricts, alone and with others', async () => {
  expect(await listed({ vo: 'astro' })).toEqual([2, 1, 0]);
  expect(await listed({ vo: 'astro', owner: 'ada' })).toEqual([1, 0]);
  expect(await listed({ group: 'admins' })).toEqual([3]);
  expect(await listed({ jobGroup: 'fits', states: ['Waiting'] })).toEqual([0]);
  expect(await listed({ name: 'fit*' })).toEqual([2, 1, 0]);
  expect(await listed({ ids: [ids[0]!, ids[3]!], vo: 'bio' })).toEqual([3]);
  expect(await listed({ ids: [] })).toEqual([]);
});

it('counts are by state, and of the whole filter', async () => {
  expect(await world.jobs.counts({ vo: 'astro', before: ids[0]! })).toEqual({ Waiting: 2, Killed: 1 });
});

it('a job out of scope is not found', async () => {
  expect(await world.jobs.find(ids[3]!, { vo: 'astro' })).toBeUndefined();
  expect(await world.jobs.find(ids[2]!, { vo: 'astro', owner: 'ada' })).toBeUndefined();
  expect(await world.jobs.find(ids[2]!, { vo: 'astro', owner: 'bob' })).toMatchObject({ owner: 'bob' });
});

it('deleted jobs show only when they are asked for', async () => {
  await world.jobs.remove({ ids: [ids[1]!] }, 'ada');
  expect(await listed({ vo: 'astro' })).toEqual([2, 0]);
  expect(await listed({ states: ['Deleted'] })).toEqual([1]);
});
