import type { VmId } from '@pilotfish/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { aWorld, type World } from '../world.fixture.ts';

let world: World;
let orderId: number;
let vmId: VmId;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(async () => {
  expect(await brokenInvariants(world.db)).toEqual([]);
  await world.close();
});
beforeEach(async () => {
  const launch = { kind: 'launch', vo: 'astro', profile: 'small', endpoint: 'here', because: 'a test' } as const;
  const { calls } = await world.fleet.order([launch], { maxVmsPerVo: 100 });
  orderId = calls[0]!;
  [{ vmId }] = (await world.read('SELECT vm_id AS "vmId" FROM fleet_action WHERE id = $1', [orderId])) as [
    { vmId: VmId },
  ];
});
const row = async () => (await world.read('SELECT * FROM vm WHERE id = $1', [vmId]))[0]!;
const machine = () => ({ vmId, providerId: `m-${vmId}`, status: 'active' as const, createdAt: new Date(0) });

it('an order is taken by one, with all that its call needs', async () => {
  const taken = await Promise.all([1, 2, 3, 4].map(() => world.fleet.take(orderId)));
  const tickets = taken.filter((ticket) => ticket !== undefined);
  expect(tickets).toMatchObject([
    { id: orderId, kind: 'launch', vmId, tries: 1, because: 'a test', endpoint: { name: 'here' }, vm: { vo: 'astro' } },
  ]);
  expect(tickets[0]!.profile).toMatchObject({ vo: 'astro', name: 'small', version: 1, image: 'image' });
  expect(await world.fleet.dueOrders()).not.toContain(orderId);
});

it('a postponed order comes back after its delay, one try later', async () => {
  await world.fleet.take(orderId);
  await world.fleet.postpone(orderId, 60, 'throttled', 'slow down');
  expect(await world.fleet.dueOrders()).not.toContain(orderId);
  await world.fleet.postpone(orderId, 0, 'throttled', 'slow down');
  expect(await world.fleet.dueOrders()).toContain(orderId);
  expect(await world.fleet.take(orderId)).toMatchObject({ tries: 2 });
});

it('a launched VM boots; a later failure of the same order changes nothing', async () => {
  await world.fleet.setActivation(vmId, Buffer.from('hash'), 600);
  await world.fleet.launched(orderId, machine());
  expect(await row()).toMatchObject({ state: 'booting', provider_id: `m-${vmId}`, activation_until: expect.any(Date) });
  await world.fleet.launchFailed(orderId, 'refused', 'too late');
  await world.fleet.postpone(orderId, 0, 'throttled', 'too late');
  expect(await row()).toMatchObject({ state: 'booting' });
  expect(await world.fleet.take(orderId)).toBeUndefined();
});

describe('a failed launch', () => {
  it('ends the VM and is a failure of its endpoint', async () => {
    await world.fleet.launchFailed(orderId, 'quota', 'no cores left');
    expect(await row()).toMatchObject({ state: 'failed', ended_at: expect.any(Date) });
    const { endpoints } = await world.fleet.seen();
    expect(endpoints[0]!.launchFailures).toContainEqual({
      endpoint: 'here',
      kind: 'launch',
      reason: 'no cores left',
      at: expect.any(Number),
    });
  });

  it('doesn’t end a VM that has called home meanwhile', async () => {
    await world.read(`UPDATE vm SET state = 'running', activated_at = now(), idle_since = now() WHERE id = $1`, [vmId]);
    await world.fleet.launchFailed(orderId, 'unknown-outcome', 'no answer');
    expect(await row()).toMatchObject({ state: 'running' });
  });
});

it('the launch of a VM that was told to leave is called off', async () => {
  await world.fleet.stop(vmId, 'changed my mind');
  expect(await world.fleet.take(orderId)).toBeUndefined();
  expect(await world.fleet.dueOrders()).not.toContain(orderId);
  const { endpoints } = await world.fleet.seen();
  expect(endpoints[0]!.launchFailures.some(({ reason }) => reason.includes('called off'))).toBe(false);
});

it('the end of a machine that lingered keeps the first end of its VM', async () => {
  await world.fleet.launchFailed(orderId, 'capacity', 'none');
  const { ended_at } = await row();
  const { calls } = await world.fleet.order([{ kind: 'terminate', vmId, because: 'it lingers' }], { maxVmsPerVo: 9 });
  await world.fleet.terminated(calls[0]!, '');
  expect(await row()).toMatchObject({ state: 'gone', ended_at });
});
