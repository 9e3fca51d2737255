import type { FleetAction, VmId } from '@pilotfish/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { aWorld, report, spec, type TestVm, type World } from '../world.fixture.ts';

let world: World;
beforeEach(async () => {
  world = await aWorld();
});
afterEach(async () => {
  expect(await brokenInvariants(world.db)).toEqual([]);
  await world.close();
});

const ROOMY = { maxVmsPerVo: 100 };
const launches = (count: number, vo = 'astro'): FleetAction[] =>
  Array.from({ length: count }, () => ({ kind: 'launch', vo, profile: 'small', endpoint: 'here', because: 'a test' }));
const order = (actions: readonly FleetAction[], limits = ROOMY) => world.fleet.order(actions, limits);
const orderFor = (kind: 'drain' | 'stop' | 'terminate', { id: vmId }: TestVm) =>
  order([{ kind, vmId, because: 'the plan says so' }]);
const states = async () =>
  (await world.read<{ state: string }>('SELECT state FROM vm ORDER BY ordered_at')).map(({ state }) => state);
const stateOf = async (vm: TestVm) => (await world.vmRow(vm)).state;

describe('a launch', () => {
  it('is a row, an event and an order before any cloud hears of it', async () => {
    const { calls, changed } = await order(launches(1));
    expect([calls.length, changed]).toEqual([1, false]);
    expect(await world.read('SELECT state, vo, profile, endpoint, because, processors FROM vm')).toEqual([
      { state: 'ordered', vo: 'astro', profile: 'small', endpoint: 'here', because: 'a test', processors: 4 },
    ]);
    expect(await world.fleet.dueOrders()).toEqual(calls);
    expect(await world.read('SELECT state, because FROM vm_event')).toEqual([{ state: 'ordered', because: 'a test' }]);
  });

  it.each([
    ['the endpoint’s VMs', 'max_vms = 3', {}, ROOMY, 3],
    ['the endpoint’s cores', 'max_processors = 21', {}, ROOMY, 5],
    ['the profile’s VMs', 'max_vms = 100', { maxVms: 3 }, ROOMY, 6],
    ['the VO’s VMs', 'max_vms = 100', {}, { maxVmsPerVo: 6 }, 12],
  ])(
    'stays under the cap of %s, however many orders are given at once',
    async (_name, endpoint, profile, limits, most) => {
      await world.read(`UPDATE endpoint SET ${endpoint}`);
      await world.read('UPDATE profile SET spec = $1', [{ ...spec, ...profile }]);
      const orders = [1, 2, 3].flatMap(() => [order(launches(4), limits), order(launches(4, 'bio'), limits)]);
      expect((await Promise.all(orders)).flatMap(({ calls }) => calls)).toHaveLength(most);
      expect(await states()).toHaveLength(most);
    },
  );

  it('is left out for a disabled or foreign endpoint and a retired profile', async () => {
    await world.read('UPDATE endpoint SET enabled = false');
    expect((await order(launches(1))).calls).toEqual([]);
    await world.read('UPDATE endpoint SET enabled = true');
    await world.read(
      `INSERT INTO endpoint (name, kind, site, max_vms, max_processors) VALUES ('far', 'fake', 'x', 9, 9)`,
    );
    expect((await order([{ ...launches(1)[0]!, endpoint: 'far' } as FleetAction])).calls).toEqual([]);
    await world.read('UPDATE profile SET retired_at = now()');
    expect((await order(launches(1))).calls).toEqual([]);
    expect(await states()).toEqual([]);
  });
});

describe('a drain and a stop', () => {
  it('step the VM and tell so; a step that no longer holds changes nothing', async () => {
    const vm = await world.startVm();
    const before = (await world.beat(vm)).version;
    expect(await orderFor('drain', vm)).toEqual({ calls: [], changed: true });
    expect(await world.beat(vm)).toMatchObject({ vm: 'drain', version: before + 1 });
    expect(await orderFor('drain', vm)).toEqual({ calls: [], changed: false });
    expect(await orderFor('stop', vm)).toEqual({ calls: [], changed: true });
    expect(await world.beat(vm)).toMatchObject({ vm: 'halt' });
    expect(await world.vmRow(vm)).toMatchObject({
      retire_reason: 'the plan says so',
      stopping_since: expect.any(Date),
    });
  });

  it('a stop never takes a VM from under a job that was just matched', async () => {
    for (let round = 0; round < 12; round++) {
      const vm = await world.startVm();
      await world.submit(1);
      const [stopped, halted, claimed] = await Promise.all([
        orderFor('stop', vm),
        world.fleet.confirmHalt(vm.id, 'idle'),
        world.claim(vm, 1),
      ]);
      if (claimed.length > 0) expect([stopped.changed, halted, await stateOf(vm)]).toEqual([false, false, 'running']);
      else expect(await stateOf(vm)).toBe('stopping');
      await world.jobs.kill({}, '', 'a test');
    }
  });

  it('a VM may halt once it is empty, and takes no job any more', async () => {
    const vm = await world.startVm();
    await world.submit(2);
    const [claimed] = await world.claim(vm, 1);
    expect(await world.fleet.confirmHalt(vm.id, 'told to')).toBe(false);
    await world.attempts.outcome(world.keyOf(vm, claimed!), report('done'));
    expect(await world.fleet.confirmHalt(vm.id, 'told to')).toBe(true);
    expect(await world.fleet.confirmHalt(vm.id, 'told to')).toBe(true);
    expect(await world.claim(vm, 1)).toEqual([]);
  });

  it('an operator’s stop gives the attempts up and their jobs wait again', async () => {
    const vm = await world.startVm();
    const [id] = await world.submit(1);
    await world.claim(vm, 1);
    expect(await world.fleet.stop(vm.id, 'maintenance')).toBe(true);
    expect(await world.job(id!)).toMatchObject({ state: 'Waiting', reschedules: 0 });
    expect((await world.jobs.attempts(id!))[0]).toMatchObject({ state: 'Lost', reason: 'its VM left: maintenance' });
    expect(await world.fleet.stop(vm.id, 'again')).toBe(false);
  });
});

describe('a termination', () => {
  it('of a silent VM requeues its jobs and is called once', async () => {
    const vm = await world.startVm();
    const [id] = await world.submit(1);
    await world.claim(vm, 1);
    await world.silence([vm], 300);
    const { calls, changed } = await orderFor('terminate', vm);
    expect([calls.length, changed]).toEqual([1, true]);
    expect(await orderFor('terminate', vm)).toEqual({ calls: [], changed: false });
    expect(await world.job(id!)).toMatchObject({ state: 'Waiting' });
    await world.fleet.terminated(calls[0]!, 'the last\0 words');
    await world.fleet.terminated(calls[0]!, 'again');
    expect(await world.vmRow(vm)).toMatchObject({
      state: 'gone',
      ended_at: expect.any(Date),
      console_tail: 'the last words',
    });
  });

  it('of a VM that has come to life since is left out', async () => {
    const vm = await world.startVm();
    await world.submit(1);
    await world.claim(vm, 1);
    expect(await orderFor('terminate', vm)).toEqual({ calls: [], changed: false });
    expect(await stateOf(vm)).toBe('running');
  });

  it('of a locked VM is not held up by its beats', async () => {
    const vm = await world.startVm();
    const [id] = await world.submit(1);
    await world.claim(vm, 1);
    await world.read('UPDATE vm SET locked_at = now() WHERE id = $1', [vm.id]);
    expect(await orderFor('terminate', vm)).toMatchObject({ changed: true });
    expect(await world.job(id!)).toMatchObject({ state: 'Waiting' });
  });

  it('of a stranger goes to the endpoint that lists it; of nothing it is left out', async () => {
    const vmId = '00000000-0000-4000-8000-000000000001' as VmId;
    const machine = { vmId, providerId: 'm1', status: 'active' as const, createdAt: new Date(0) };
    const terminate = () => order([{ kind: 'terminate', vmId, because: 'nobody knows it' }]);
    expect((await terminate()).calls).toEqual([]);
    await world.fleet.recordObservation('here', [machine]);
    const { calls } = await terminate();
    expect(await world.fleet.take(calls[0]!)).toMatchObject({
      kind: 'terminate',
      vm: null,
      endpoint: { name: 'here' },
    });
    await world.fleet.terminated(calls[0]!, '');
    await world.fleet.recordObservation('here', []);
    expect(await world.read('SELECT 1 FROM stranger')).toEqual([]);
  });
});

it('orders, claims, outcomes and beats on the same VMs at the same time end without a deadlock', async () => {
  const vms = await Promise.all(Array.from({ length: 5 }, () => world.startVm()));
  await world.submit(40);
  await Promise.all([
    ...vms.flatMap((vm) => [world.claim(vm, 2), world.beat(vm), world.claim(vm, 1), world.beat(vm)]),
    order(vms.map(({ id }) => ({ kind: 'drain' as const, vmId: id, because: 'all' }))),
    order([...vms].reverse().map(({ id }) => ({ kind: 'stop' as const, vmId: id, because: 'all' }))),
    order([...vms].reverse().map(({ id }) => ({ kind: 'drain' as const, vmId: id, because: 'all' }))),
    world.jobs.kill({ vo: 'astro' }, '', 'ada'),
    ...vms.map(({ id }) => world.fleet.stop(id, 'now')),
  ]);
});
