import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { aWorld, report, type TestVm, type World } from '../world.fixture.ts';

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

describe('a kill', () => {
  it('ends a waiting job at once and keeps its reason', async () => {
    const [id] = await world.submit(1);
    expect(await world.jobs.kill({ ids: [id!] }, 'not needed', 'ada')).toEqual({ done: [id], refused: [] });
    expect(await world.job(id!)).toMatchObject({
      state: 'Killed',
      killReason: 'not needed',
      endedAt: expect.any(Date),
    });
    expect(await world.claim(vm, 1)).toEqual([]);
    expect(await world.jobs.kill({ ids: [id!] }, 'again', 'ada')).toEqual({
      done: [],
      refused: [{ id, detail: 'it is Killed already' }],
    });
  });

  it('marks a held job, and its pilot is told by a newer version of its orders', async () => {
    const [id] = await world.submit(1);
    const [claimed] = await world.claim(vm, 1);
    const before = await world.beat(vm, [claimed!]);
    await world.jobs.kill({ ids: [id!] }, '', 'ada');
    expect(await world.job(id!)).toMatchObject({ state: 'Matched', minor: 'Marked for termination' });
    const orders = await world.beat(vm, [claimed!]);
    expect(orders.version).toBeGreaterThan(before.version);
    expect(orders.stop).toEqual([{ jobId: id, n: 1, reason: 'killed by ada' }]);
    expect(await world.attempts.outcome(world.keyOf(vm, claimed!), report('killed'))).toBe('accepted');
    expect(await world.job(id!)).toMatchObject({ state: 'Killed', killReason: 'killed by ada' });
  });

  it('reaches only what the caller may reach', async () => {
    const [id] = await world.submit(1, { owner: 'bob' });
    expect((await world.jobs.kill({ vo: 'astro', owner: 'ada' }, '', 'ada')).done).not.toContain(id);
    expect((await world.jobs.kill({ vo: 'bio', ids: [id!] }, '', 'eve')).done).toEqual([]);
    expect(await world.job(id!)).toMatchObject({ state: 'Waiting' });
  });

  it('of a job that is being requeued leaves nothing in the queue', async () => {
    await world.submit(4);
    const claimed = await world.claim(vm, 4);
    await Promise.all([
      ...claimed.map((one) => world.attempts.outcome(world.keyOf(vm, one), report('infrastructure'))),
      ...Array.from({ length: 4 }, () => world.jobs.kill({ vo: 'astro' }, 'all', 'ada')),
    ]);
    expect(await brokenInvariants(world.db)).toEqual([]);
  });
});

describe('a reschedule', () => {
  async function failed() {
    const [id] = await world.submit(1);
    const [claimed] = await world.claim(vm, 1);
    await world.attempts.outcome(world.keyOf(vm, claimed!), report('failed'));
    return id!;
  }

  it('makes a failed job wait again, as often as it allows', async () => {
    const id = await failed();
    for (let times = 1; times <= 2; times++) {
      expect(await world.jobs.reschedule({ ids: [id] }, 'ada')).toEqual({ done: [id], refused: [] });
      expect(await world.job(id)).toMatchObject({
        state: 'Waiting',
        reschedules: times,
        exitCode: null,
        endedAt: null,
      });
      const [claimed] = await world.claim(vm, 1);
      expect(claimed).toMatchObject({ jobId: id, n: times + 1 });
      await world.attempts.outcome(world.keyOf(vm, claimed!), report('failed'));
    }
    const { refused } = await world.jobs.reschedule({ ids: [id] }, 'ada');
    expect(refused).toEqual([{ id, detail: 'it was rescheduled 2 times, its maximum; submit it anew' }]);
  });

  it('of anything but a failed job is refused', async () => {
    const [id] = await world.submit(1);
    const detail = 'it is Waiting; only a Failed job can be rescheduled';
    expect(await world.jobs.reschedule({ ids: [id!] }, 'ada')).toEqual({ done: [], refused: [{ id, detail }] });
  });
});

describe('a deletion', () => {
  it('takes a waiting job off its queue and keeps how an ended one ended', async () => {
    const [waiting, killed] = await world.submit(2);
    await world.jobs.kill({ ids: [killed!] }, 'my reason', 'ada');
    const { endedAt } = await world.job(killed!);
    expect((await world.jobs.remove({ ids: [waiting!, killed!] }, 'ada')).done).toEqual([waiting, killed]);
    expect(await world.job(killed!)).toMatchObject({ state: 'Deleted', killReason: 'my reason', endedAt });
    expect(await world.claim(vm, 1)).toEqual([]);
    expect(await world.jobs.list({ ids: [waiting!, killed!] })).toEqual([]);
  });

  it('of a held job is refused', async () => {
    const [id] = await world.submit(1);
    await world.claim(vm, 1);
    const { refused } = await world.jobs.remove({ ids: [id!] }, 'ada');
    expect(refused).toEqual([{ id, detail: 'it is Matched; kill it first' }]);
  });
});

it('bulk kills, deletions, reschedules, claims and outcomes at the same time end without a deadlock', async () => {
  const vms = [vm, ...(await Promise.all(Array.from({ length: 4 }, () => world.startVm())))];
  for (let round = 0; round < 4; round++) {
    await world.submit(60, { requirementsKey: `k${round % 2}` });
    const work = vms.flatMap((one) => [
      world
        .claim(one, 2)
        .then((claimed) =>
          Promise.all(claimed.map((each) => world.attempts.outcome(world.keyOf(one, each), report('failed')))),
        ),
      world.jobs.kill({ vo: 'astro' }, 'all', 'ada'),
      world.jobs.remove({ owner: 'ada' }, 'ada'),
      world.jobs.reschedule({ owner: 'ada' }, 'ada'),
      world.beat(one),
    ]);
    await Promise.all(work);
  }
  expect(await brokenInvariants(world.db)).toEqual([]);
});

describe('the database itself refuses', () => {
  it('an illegal step of a job or a VM', async () => {
    const [id] = await world.submit(1);
    const step = (table: string, state: string, of: unknown) =>
      world.read(`UPDATE ${table} SET state = $2 WHERE id = $1`, [of, state]);
    await expect(step('job', 'Done', id)).rejects.toMatchObject({
      code: 'illegal-state',
      message: `job ${id} may not go from Waiting to Done`,
    });
    await expect(step('vm', 'booting', vm.id)).rejects.toMatchObject({ code: 'illegal-state' });
  });

  it('another VO for a VM, and an attempt number that returns', async () => {
    await expect(world.read(`UPDATE vm SET vo = 'bio' WHERE id = $1`, [vm.id])).rejects.toThrow(
      /belongs to astro for ever/,
    );
    const [id] = await world.submit(1);
    await world.claim(vm, 1);
    await expect(world.read(`UPDATE job SET state = 'Waiting', attempt = 0 WHERE id = $1`, [id])).rejects.toThrow(
      /never return/,
    );
    await expect(world.read('UPDATE job SET attempt = 0 WHERE id = $1', [id])).rejects.toThrow(/never return/);
  });
});
