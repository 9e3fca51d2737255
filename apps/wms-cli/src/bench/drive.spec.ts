import { expect, it } from 'vitest';
import { drive } from './drive.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('each client does one thing at a time, and only what counts is counted', async () => {
  const busy = [false, false, false];
  let begun = 0;
  const driven = await drive({
    clients: 3,
    warmUpMs: 1,
    ms: 20,
    begin: async () => {
      begun += 1;
    },
    act: async (client) => {
      expect(busy[client]).toBe(false);
      busy[client] = true;
      await turn();
      busy[client] = false;
      return client === 2 ? 'uncounted' : 5;
    },
  });
  expect(begun).toBe(1);
  expect(driven.count).toBeGreaterThan(0);
  expect(driven.durations.every((duration) => duration === 5)).toBe(true);
  expect(driven.perSecond.reduce((sum, count) => sum + count, 0)).toBe(driven.count);
});

it('it ends when there is nothing left to do, and fails when a client fails', async () => {
  let left = 50;
  const act = async () => {
    await turn();
    left -= 1;
    return left < 0 ? ('over' as const) : 1;
  };
  const driven = await drive({ clients: 2, warmUpMs: 0, ms: 60_000, act });
  expect(driven.count).toBeLessThanOrEqual(50);
  const fails = drive({ clients: 1, warmUpMs: 0, ms: 60_000, act: async () => Promise.reject(new Error('no answer')) });
  await expect(fails).rejects.toThrow('no answer');
});
