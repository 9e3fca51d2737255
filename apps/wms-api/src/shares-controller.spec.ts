import { routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aRunningApi, type RunningApi, refusalOf, submitOne } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

type Name = Parameters<RunningApi['as']>[0];
const put = (by: Name, body: { group: string; owner?: string; weight?: number; shared?: boolean }, vo = 'biomed') =>
  running.as(by).call(routes.putShares, { params: { vo }, body: { shares: [body] } });
const list = async (by: Name, vo?: string) =>
  (await running.as(by).call(routes.listShares, { query: vo === undefined ? {} : { vo } })).shares;

it('weights are set by administrators of the VO, and what is not said stays', async () => {
  await put('ann', { group: 'users', owner: 'ben', weight: 3 });
  await put('ann', { group: 'prod', weight: 2, shared: true });
  const shares = (await put('operator', { group: 'prod', weight: 4 })).shares;
  const prod = shares.find(({ group, owner }) => group === 'prod' && owner === null);
  expect(prod).toMatchObject({ vo: 'biomed', weight: 4, shared: true, target: 0 });
  expect(await refusalOf(put('ben', { group: 'users', weight: 9 }))).toMatchObject({ status: 403 });
  expect(await refusalOf(put('amy', { group: 'users', weight: 9 }))).toMatchObject({ code: 'wrong-vo' });
  expect(await refusalOf(put('operator', { group: 'users' }, 'nowhere'))).toMatchObject({ code: 'unknown-vo' });
  expect(await refusalOf(put('ann', { group: 'users', owner: 'ben', shared: true }))).toMatchObject({
    status: 400,
  });
  expect(await refusalOf(put('ann', { group: 'users', weight: -1 }))).toMatchObject({ status: 400 });
});

it('those who wait share by weight, and everybody sees his own VO only', async () => {
  for (const name of ['ben', 'bea', 'art'] as const) await submitOne(running.as(name));
  const mine = await list('bea');
  expect(new Set(mine.map(({ vo }) => vo))).toEqual(new Set(['biomed']));
  const targetOf = (owner: string) => mine.find((one) => one.owner === owner)?.target;
  expect([targetOf('ben'), targetOf('bea')]).toEqual([3 / 8, 1 / 8]);
  const all = await list('operator');
  expect(all.filter(({ group }) => group === null).map(({ vo, target }) => [vo, target])).toEqual([
    ['astro', 0.5],
    ['biomed', 0.5],
  ]);
  expect(new Set((await list('operator', 'astro')).map(({ vo }) => vo))).toEqual(new Set(['astro']));
  expect(await refusalOf(list('bea', 'astro'))).toMatchObject({ code: 'wrong-vo' });
});
