import { randomUUID } from 'node:crypto';
import type { JobId, PilotId } from '@pilotfish/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { aWorld, LOST_AFTER_S, report, type TestVm, type World } from '../world.fixture.ts';

let world: World;
let vm: TestVm;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(async () => {
  expect(await brokenInvariants(world.db)).toEqual([]);
  await world.close();
});
beforeEach(async () => {
  await world.jobs.kill({}, 'cleared', 'a test');
  await world.read(`UPDATE vm SET last_beat_at = now()`);
  await world.read(`UPDATE pilot SET last_beat_at = now()`);
  vm = await world.startVm();
});

async function claimedOn(one: TestVm, count = 1) {
  await world.submit(count);
  return world.claim(one, count);
}
const stateOf = async (id: JobId) => (await world.job(id)).state;
async function lose(one: TestVm) {
  await world.silence([one], LOST_AFTER_S + 1);
  await world.attempts.sweepLost();
}

describe('an attempt that its pilot does not list', () => {
  it('is given up after a grace, and its job waits again', async () => {
    const [claimed] = await claimedOn(vm);
    await world.beat(vm);
    await world.beat(vm);
    expect(await stateOf(claimed!.jobId)).toBe('Matched');
    await world.waitOutTheGrace();
    await world.beat(vm);
    expect(await world.job(claimed!.jobId)).toMatchObject({
      state: 'Waiting',
      minor: 'Never started by its pilot, requeued',
    });
    expect(await world.vmRow(vm)).toMatchObject({ idle_since: expect.any(Date) });
  });

  it('is found again when a beat lists it in time', async () => {
    const [claimed] = await claimedOn(vm);
    await world.beat(vm);
    await world.beat(vm, [claimed!]);
    await world.waitOutTheGrace();
    await world.beat(vm);
    expect(await stateOf(claimed!.jobId)).toBe('Matched');
  });

  it('of a pilot that was replaced is missing for the new one', async () => {
    const [claimed] = await claimedOn(vm);
    await world.beat(vm, [claimed!]);
    const next = { ...vm, pilotId: randomUUID() as PilotId };
    await world.beat(next);
    await world.waitOutTheGrace();
    await world.beat(next);
    expect(await stateOf(claimed!.jobId)).toBe('Waiting');
  });
});

it('the last words of a pilot that was replaced change nothing', async () => {
  const next = { ...vm, pilotId: randomUUID() as PilotId };
  await world.beat(next);
  const [claimed] = await claimedOn(next);
  const orders = await world.beat(vm, [claimed!]);
  expect(orders.stop).toEqual([{ jobId: claimed!.jobId, n: 1, reason: 'no longer yours' }]);
  expect(await world.vmRow(vm)).toMatchObject({ pilot_id: next.pilotId });
});

describe('a lost attempt', () => {
  it('is taken back while nobody else has its job', async () => {
    const [claimed] = await claimedOn(vm);
    await world.attempts.phase(world.keyOf(vm, claimed!), 'running', 'Application', undefined);
    await lose(vm);
    expect(await stateOf(claimed!.jobId)).toBe('Waiting');
    expect(await world.vmRow(vm)).toMatchObject({ state: 'stalled' });
    expect((await world.beat(vm, [claimed!])).stop).toEqual([]);
    expect(await world.job(claimed!.jobId)).toMatchObject({
      state: 'Running',
      attempt: 1,
      startedAt: expect.any(Date),
    });
    expect(await world.vmRow(vm)).toMatchObject({ state: 'running', idle_since: null });
    expect(await world.claim(await world.startVm(), 1)).toEqual([]);
    expect(await world.attempts.outcome(world.keyOf(vm, claimed!), report('done'))).toBe('accepted');
  });

  it('is to stop, and its report refused, once somebody else has its job', async () => {
    const [claimed] = await claimedOn(vm);
    await lose(vm);
    const other = await world.startVm();
    const [second] = await world.claim(other, 1);
    expect(second).toMatchObject({ jobId: claimed!.jobId, n: 2 });
    expect((await world.beat(vm, [claimed!])).stop).toEqual([
      { jobId: claimed!.jobId, n: 1, reason: 'no longer yours' },
    ]);
    expect(await world.attempts.outcome(world.keyOf(vm, claimed!), report('done'))).toBe('stale');
    expect(await world.attempts.outcome(world.keyOf(other, second!), report('done'))).toBe('accepted');
  });

  it('whose result comes before the next beat is not run again', async () => {
    const [claimed] = await claimedOn(vm);
    await lose(vm);
    await world.beat(vm);
    expect(await world.attempts.outcome(world.keyOf(vm, claimed!), report('done'))).toBe('accepted');
    expect(await stateOf(claimed!.jobId)).toBe('Done');
    expect(await world.attempts.outcome(world.keyOf(vm, claimed!), report('done'))).toBe('repeated');
  });

  it('is not taken back by a VM that has no room for it any more, or was told to stop', async () => {
    const [first] = await claimedOn(vm);
    await lose(vm);
    await world.beat(vm);
    await world.submit(4, { priority: 9 });
    expect(await world.claim(vm, 4)).toHaveLength(4);
    expect((await world.beat(vm, [first!])).stop).toHaveLength(1);
    const leaving = await world.startVm();
    const [second] = await claimedOn(leaving);
    await world.fleet.stop(leaving.id, 'an operator said so');
    const orders = await world.beat(leaving, [second!]);
    expect(orders).toMatchObject({ vm: 'halt', stop: [{ jobId: second!.jobId }] });
    expect(await stateOf(second!.jobId)).toBe('Waiting');
  });

  it('and a claim at the same time: exactly one has the job', async () => {
    for (let round = 0; round < 5; round++) {
      const [claimed] = await claimedOn(vm);
      await lose(vm);
      const other = await world.startVm();
      const [, taken] = await Promise.all([world.beat(vm, [claimed!]), world.claim(other, 1)]);
      expect(await world.job(claimed!.jobId)).toMatchObject({ attempt: taken.length === 1 ? 2 : 1 });
      expect(await brokenInvariants(world.db)).toEqual([]);
      await world.jobs.kill({}, '', 'a test');
      await world.attempts.outcome(world.keyOf(vm, { jobId: claimed!.jobId, n: 1 }), report('killed'));
      await world.beat(vm);
    }
  });

  it('of a killed job is Killed', async () => {
    const [claimed] = await claimedOn(vm);
    await world.jobs.kill({ ids: [claimed!.jobId] }, '', 'ada');
    await lose(vm);
    expect(await stateOf(claimed!.jobId)).toBe('Killed');
    expect((await world.beat(vm, [claimed!])).stop).toHaveLength(1);
  });
});

describe('a VM', () => {
  it('that was draining when it fell silent drains on, whoever speaks first', async () => {
    const speaks = [() => world.beat(vm), () => world.fleet.beatVm(vm.id, { load1: 0 } as never, '')];
    for (const speak of speaks) {
      vm = await world.startVm();
      await world.fleet.drain(vm.id, 'old');
      await lose(vm);
      expect(await world.vmRow(vm)).toMatchObject({ state: 'stalled' });
      await speak();
      expect(await world.vmRow(vm)).toMatchObject({ state: 'draining' });
    }
  });

  it('offers what its pilot found, never more than ordered nor less than is taken', async () => {
    const [claimed] = await claimedOn(vm);
    const said = {
      vmId: vm.id,
      pilotId: vm.pilotId,
      version: '1',
      attempts: [{ ...claimed!, phase: 'running' as const }],
    };
    const node = (processors: number) => ({ processors, memoryMb: 3000, diskMb: 20_000, gpus: 0 });
    await world.attempts.beat({ ...said, total: node(3), free: node(2) });
    expect(await world.vmRow(vm)).toMatchObject({ processors: 3, memory_mb: 3000, disk_mb: 10_000 });
    await world.attempts.beat({ ...said, total: node(0), free: node(0) });
    expect(await world.vmRow(vm)).toMatchObject({ processors: 1 });
  });

  it('that has ended or is unknown is told to halt and to stop everything', async () => {
    const [claimed] = await claimedOn(vm);
    await world.read(`UPDATE vm SET state = 'stopping' WHERE id = $1`, [vm.id]);
    expect(await world.beat(vm, [claimed!])).toMatchObject({ vm: 'halt', stop: [] });
    await world.fleet.order([{ kind: 'terminate', vmId: vm.id, because: 'over' }], { maxVmsPerVo: 9 });
    const [order] = await world.fleet.dueOrders();
    await world.fleet.terminated(order!, 'bye');
    expect(await world.beat(vm, [claimed!])).toMatchObject({ vm: 'halt', stop: [{ jobId: claimed!.jobId }] });
    expect(await world.vmRow(vm)).toMatchObject({ state: 'gone', console_tail: 'bye' });
    const nobody = { id: randomUUID() as TestVm['id'], pilotId: vm.pilotId };
    expect(await world.beat(nobody)).toEqual({ version: 0, vm: 'halt', stop: [] });
  });
});
