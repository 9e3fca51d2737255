import { randomUUID } from 'node:crypto';
import type { Pick } from '@pilotfish/matcher';
import type { Asked, Claimed, Look } from '@pilotfish/workload';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { aWorld, ONE, type TestVm, type World } from '../world.fixture.ts';

let world: World;
let vm: TestVm;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.jobs.kill({}, 'cleared', 'a test');
  vm = await world.startVm();
});
const ids = (claimed: readonly { jobId: number }[]) => claimed.map(({ jobId }) => jobId);

it('a claim opens attempts with all that the pilot needs', async () => {
  const [id] = await world.submit(1, { name: 'mine' });
  const [claimed] = await world.claim(vm, 1);
  expect(claimed).toMatchObject({ jobId: id, n: 1, name: 'mine', owner: 'ada', granted: ONE, wallTimeS: 600 });
  expect(claimed!.payload.executable).toBe('/bin/true');
  expect(await world.job(id!)).toMatchObject({ state: 'Matched', attempt: 1, minor: 'Assigned' });
  expect(await world.vmRow(vm)).toMatchObject({ idle_since: null });
});

it('the highest priority goes first, then the oldest job', async () => {
  const low = await world.submit(2, { priority: 1 });
  const high = await world.submit(2, { priority: 9 });
  expect(ids(await world.claim(vm, 1))).toEqual([high[0]]);
  expect(ids(await world.claim(vm, 1))).toEqual([high[1]]);
  const [candidate] = await world.claims.candidates();
  expect(candidate).toMatchObject({ priority: 1, waiting: 2 });
  expect(ids(await world.claim(vm, 2))).toEqual(low);
});

async function order(one: TestVm, picks: readonly Pick[], askId: string = randomUUID()): Promise<readonly Claimed[]> {
  const [claimed] = await world.claims.claim([{ vmId: one.id, pilotId: one.pilotId, askId, picks }]);
  return claimed!;
}

async function look(one: TestVm, askId: string = randomUUID(), said: Partial<Asked> = {}): Promise<Look> {
  const [seen] = await world.claims.look([{ vmId: one.id, askId, free: ONE, platforms: [], ...said }]);
  return seen!;
}

it('asks that come together are served together, each in its order and none with another’s jobs', async () => {
  const submitted = await world.submit(6);
  const [second, third] = [await world.startVm(), await world.startVm('bio')];
  const queue = await world.queueOf(submitted[0]!);
  const askOf = ({ id, pilotId }: TestVm, count: number) => ({
    ...{ vmId: id, pilotId, askId: randomUUID() },
    picks: [{ queue, count, each: ONE }],
  });
  const answers = await world.claims.claim([askOf(vm, 2), askOf(third, 2), askOf(second, 3)]);
  // A VM of another VO in the middle gets nothing, and costs the others nothing.
  expect(answers.map(ids)).toEqual([submitted.slice(0, 2), [], submitted.slice(2, 5)]);
  expect(await world.claims.claim([])).toEqual([]);
  expect(await brokenInvariants(world.db)).toEqual([]);
});

it('two picks of one queue take different jobs', async () => {
  const submitted = await world.submit(4);
  const queue = await world.queueOf(submitted[0]!);
  const picks = [
    { queue, count: 1, each: { ...ONE, processors: 2 } },
    { queue, count: 2, each: ONE },
  ];
  const claimed = await order(vm, picks);
  expect(ids(claimed)).toEqual(submitted.slice(0, 3));
  expect(claimed.map(({ granted }) => granted.processors)).toEqual([2, 1, 1]);
});

it('the same ask again has the same attempts', async () => {
  await world.submit(5);
  const askId = randomUUID();
  const first = await world.claim(vm, 2, askId);
  expect(await world.claim(vm, 2, askId)).toEqual(first);
  expect((await look(vm, askId)).before).toEqual(first);
  const together = randomUUID();
  const answers = await Promise.all([1, 2, 3].map(() => world.claim(vm, 1, together)));
  expect(new Set(answers.flatMap(ids)).size).toBe(1);
  const other = await world.startVm();
  expect((await look(other, askId)).before).toEqual([]);
});

it('claims of many connections never give one job twice, and never fill a VM beyond its capacity', async () => {
  const submitted = await world.submit(60);
  const vms = [vm, ...(await Promise.all(Array.from({ length: 7 }, () => world.startVm())))];
  const claims = vms.flatMap((one) => Array.from({ length: 6 }, () => world.claim(one, 1)));
  const claimed = (await Promise.all(claims)).flat();
  expect(new Set(ids(claimed)).size).toBe(claimed.length);
  for (const { jobId } of claimed) expect(submitted).toContain(jobId);
  for (const one of vms) expect((await world.claim(one, 4)).length).toBeLessThanOrEqual(4);
  expect(await brokenInvariants(world.db)).toEqual([]);
});

it('an ask for more than is left of the VM claims nothing', async () => {
  await world.submit(9);
  expect(await world.claim(vm, 3)).toHaveLength(3);
  expect(await world.claim(vm, 2)).toEqual([]);
  expect(await world.claim(vm, 1)).toHaveLength(1);
});

describe('a VM that may take no jobs claims nothing and has no offer:', () => {
  const refuses = async (one: TestVm) => {
    await world.submit(1);
    expect(await world.claim(one, 1)).toEqual([]);
  };

  it.each([
    ['draining', `state = 'draining'`],
    ['stopping', `state = 'stopping'`],
    ['stalled', `state = 'stalled'`],
    ['locked', 'locked_at = now()'],
  ])('%s', async (_name, change) => {
    await world.read(`UPDATE vm SET ${change} WHERE id = $1`, [vm.id]);
    await refuses(vm);
    expect((await look(vm)).offer).toBeUndefined();
  });

  it('asked for by another pilot', async () => {
    await refuses({ ...vm, pilotId: randomUUID() as TestVm['pilotId'] });
  });

  it('of another VO', async () => {
    const [id] = await world.submit(1, { vo: 'bio' });
    const picks = [{ queue: await world.queueOf(id!), count: 1, each: ONE }];
    expect(await order(vm, picks)).toEqual([]);
    expect(await world.job(id!)).toMatchObject({ state: 'Waiting' });
  });
});

it('an offer is what the ledger has free, and never more than the pilot says', async () => {
  await world.submit(1);
  await world.claim(vm, 1);
  const all = { processors: 99, memoryMb: 99_000, diskMb: 99_000, gpus: 9 };
  const { offer } = await look(vm, randomUUID(), { free: all, platforms: ['linux'] });
  expect(offer).toMatchObject({ empty: false, free: { processors: 3, memoryMb: 3500, diskMb: 9900, gpus: 0 } });
  expect(offer).toMatchObject({ vo: 'astro', site: 'SITE.here', platforms: ['linux'] });
  const { offer: less } = await look(vm, randomUUID(), { free: { ...all, processors: 2 } });
  expect(less!.free.processors).toBe(2);
});

it('candidates tell how many cores the owner has in use', async () => {
  await world.submit(3);
  await world.claim(vm, 2);
  const [candidate] = await world.claims.candidates();
  expect(candidate).toMatchObject({ waiting: 1, priority: 1, queue: { vo: 'astro', owner: 'ada', group: 'users' } });
  expect(candidate!.inUse).toBeGreaterThanOrEqual(2);
  expect(candidate!.oldestAt).toBeGreaterThan(1e12);
});
