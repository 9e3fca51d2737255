import { Secret } from '@pilotfish/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postgresWake, type Wake } from './wake.ts';
import { aWorld, type World } from './world.fixture.ts';

let world: World;
const open: Wake[] = [];
const aWake = () => {
  const wake = postgresWake(new Secret(world.url));
  open.push(wake);
  return wake;
};
beforeAll(async () => {
  world = await aWorld();
});
afterAll(async () => {
  await Promise.all(open.map((wake) => wake.close()));
  await world.close();
});
const next = (wake: Wake, topic: Parameters<Wake['on']>[0]) =>
  new Promise<void>((resolve) => {
    const off = wake.on(topic, () => {
      off();
      resolve();
    });
  });

it('everyone is told once that he listens, and then of each topic he asked for', async () => {
  const [one, other] = [aWake(), aWake()];
  await Promise.all([next(one, 'work'), next(other, 'work')]);
  let plans = 0;
  other.on('plan', () => {
    plans += 1;
  });
  const told = Promise.all([next(one, 'work'), next(other, 'work')]);
  for (let i = 0; i < 50; i++) one.ring('work');
  await told;
  expect(plans).toBe(0);
});

it('after a lost connection everyone looks again', async () => {
  const wake = aWake();
  await next(wake, 'vms');
  const again = next(wake, 'vms');
  await world.read(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pilotfish-wake'`);
  await again;
});
