import { DEFAULT_POLICY, plan } from '@pilotfish/fleet-planner';
import type { VmId } from '@pilotfish/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aWorld, type World } from '../world.fixture.ts';

let world: World;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
const planned = async () => plan(await world.fleet.seen(), DEFAULT_POLICY);

it('an empty deployment is seen, and nothing is planned', async () => {
  const seen = await world.fleet.seen();
  expect(seen).toMatchObject({ vms: [], demand: [], profiles: [{ vo: 'astro' }, { vo: 'bio' }] });
  expect(Math.abs(seen.at - Date.now())).toBeLessThan(60_000);
  expect(plan(seen, DEFAULT_POLICY)).toEqual([]);
});

it('waiting jobs are demand, and the planner launches for their VO', async () => {
  await world.submit(3, { vo: 'bio' });
  expect(await planned()).toEqual([]);
  await world.fleet.recordObservation('here', []);
  const { demand } = await world.fleet.seen();
  expect(demand).toMatchObject([{ waiting: 3, oldestAt: expect.any(Number), queue: { vo: 'bio', owner: 'ada' } }]);
  expect(await planned()).toMatchObject([{ kind: 'launch', vo: 'bio', profile: 'small', endpoint: 'here' }]);
});

it('a VM is seen with its open attempts, what it has free and since when it is what it is', async () => {
  const vm = await world.startVm('bio');
  await world.claim(vm, 3);
  const { vms } = await world.fleet.seen();
  expect(vms).toMatchObject([
    {
      id: vm.id,
      state: 'running',
      openAttempts: 3,
      capacity: { processors: 4 },
      free: { processors: 1, memoryMb: 2500, diskMb: 9700, gpus: 0 },
      stateSince: expect.any(Number),
      idleSince: null,
      activatedAt: expect.any(Date),
    },
  ]);
  expect(await planned()).toEqual([]);
});

it('a locked VM is planned to go', async () => {
  const vm = await world.startVm('astro');
  await world.read('UPDATE vm SET locked_at = now() WHERE id = $1', [vm.id]);
  expect(await planned()).toMatchObject([{ kind: 'terminate', vmId: vm.id }]);
});

it('what a cloud lists and the ledger doesn’t know is a stranger from its first sight on', async () => {
  const machine = (n: number) => ({
    vmId: `00000000-0000-4000-8000-00000000000${n}` as VmId,
    providerId: `m${n}`,
    status: 'error' as const,
    createdAt: new Date(0),
  });
  await world.fleet.recordObservation('here', [machine(1), machine(2), machine(2)]);
  const first = await world.fleet.seen();
  await world.fleet.recordObservation('here', [machine(2)]);
  const [endpoint] = (await world.fleet.seen()).endpoints;
  expect(endpoint).toMatchObject({ reachable: true, observedAt: expect.any(Number), machines: [{ providerId: 'm2' }] });
  expect(endpoint!.strangers).toMatchObject([{ vmId: machine(2).vmId, status: 'error' }]);
  expect(first.endpoints[0]!.strangers).toHaveLength(2);
  expect(endpoint!.strangers[0]!.firstSeenAt).toBe(
    first.endpoints[0]!.strangers.find(({ providerId }) => providerId === 'm2')!.firstSeenAt,
  );
  await world.fleet.recordBlindness('here', 'auth: the password changed');
  const [blind] = (await world.fleet.seen()).endpoints;
  expect(blind).toMatchObject({ reachable: false, machines: [{ providerId: 'm2' }] });
  await planned();
});
