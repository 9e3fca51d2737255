import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { aWorld, LOST_AFTER_S, type TestVm, type World } from '../world.fixture.ts';
import { centreAlive } from './sweep-lost.ts';

let world: World;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(async () => {
  expect(await brokenInvariants(world.db)).toEqual([]);
  await world.close();
});
beforeEach(async () => {
  await world.jobs.kill({}, 'cleared', 'a test');
  for (const { id } of await world.read<{ id: TestVm['id'] }>('SELECT id FROM vm WHERE ended_at IS NULL')) {
    await world.read('UPDATE vm SET last_beat_at = NULL WHERE id = $1', [id]);
    const { calls } = await world.fleet.order([{ kind: 'terminate', vmId: id, because: 'cleared' }], {
      maxVmsPerVo: 1,
    });
    for (const call of calls) await world.fleet.terminated(call, '');
  }
});

async function busy(): Promise<TestVm> {
  const vm = await world.startVm();
  await world.submit(1);
  expect(await world.claim(vm, 1)).toHaveLength(1);
  return vm;
}
const some = (count: number) => Promise.all(Array.from({ length: count }, () => world.startVm()));
const stateOf = async (vm: TestVm) => (await world.vmRow(vm)).state;

it('a VM that is silent for longer than its lease is stalled and its attempts wait again', async () => {
  const vm = await busy();
  await some(4);
  await world.silence([vm], LOST_AFTER_S - 5);
  expect(await world.attempts.sweepLost()).toBe(0);
  await world.silence([vm], LOST_AFTER_S + 5);
  expect(await world.attempts.sweepLost()).toBe(1);
  expect(await world.vmRow(vm)).toMatchObject({ state: 'stalled', idle_since: expect.any(Date) });
  expect(await world.attempts.sweepLost()).toBe(0);
  await world.beat(vm);
  expect(await stateOf(vm)).toBe('running');
});

it('leases don’t run while the centre is away, and begin anew when it is back', async () => {
  const vm = await busy();
  await world.silence([vm], 500);
  await world.read(`UPDATE centre SET alive_at = now() - interval '1 minute'`);
  expect(await world.attempts.sweepLost()).toBe(0);
  await centreAlive(world.db);
  expect(await world.attempts.sweepLost()).toBe(0);
  expect(await stateOf(vm)).toBe('running');
  await world.read(`UPDATE centre SET up_since = now() - interval '70 seconds'`);
  expect(await world.attempts.sweepLost()).toBe(1);
});

it('many VMs of an endpoint that fall silent together are held, until they have been silent for long', async () => {
  const vms = [await busy(), await busy(), ...(await some(2))];
  await world.silence(vms.slice(0, 1), LOST_AFTER_S + 5);
  await world.silence(vms.slice(1, 3), LOST_AFTER_S - 5);
  expect(await world.attempts.sweepLost()).toBe(0);
  expect(await stateOf(vms[0]!)).toBe('running');
  await world.silence(vms.slice(0, 3), 2000);
  expect(await world.attempts.sweepLost()).toBe(2);
  expect(await stateOf(vms[3]!)).toBe('running');
});

it('few silent ones among many are no mass', async () => {
  const vms = [await busy(), await busy(), await busy(), ...(await some(4))];
  await world.silence(vms.slice(0, 3), LOST_AFTER_S + 5);
  expect(await world.attempts.sweepLost()).toBe(3);
});

it('an agent alone can’t answer for a pilot that holds attempts', async () => {
  const vm = await busy();
  const idle = await world.startVm();
  await world.silence([vm, idle], LOST_AFTER_S + 5);
  for (const { id } of [vm, idle]) await world.fleet.beatVm(id, { load1: 0 } as never, '');
  expect(await world.attempts.sweepLost()).toBe(1);
  expect([await stateOf(vm), await stateOf(idle)]).toEqual(['stalled', 'running']);
});

it('a beat that comes while the sweep is at work keeps the attempts', async () => {
  const vm = await busy();
  const [attempt] = await world.read<{ jobId: never; n: number }>(
    `SELECT job_id AS "jobId", n FROM attempt WHERE vm_id = $1`,
    [vm.id],
  );
  await world.silence([vm], LOST_AFTER_S + 5);
  const [, ...swept] = await Promise.all([
    world.beat(vm, [attempt!]),
    ...Array.from({ length: 4 }, () => world.attempts.sweepLost()),
  ]);
  await world.beat(vm, [attempt!]);
  expect(swept.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(1);
  expect(await stateOf(vm)).toBe('running');
  expect(await brokenInvariants(world.db)).toEqual([]);
});
