import { expect, it } from 'vitest';
import { HeldAsks } from './held-asks.ts';

const untilAborted = (signal: AbortSignal) =>
  new Promise<string>((resolve) => {
    signal.addEventListener('abort', () => resolve('ended'), { once: true });
  });

it('ends the older hold of the same pilot when it asks again', async () => {
  const asks = new HeldAsks();
  const first = asks.only('p1', new AbortController().signal, untilAborted);
  const second = asks.only('p1', new AbortController().signal, async () => 'answered');
  expect([await first, await second]).toEqual(['ended', 'answered']);
});

it('leaves other pilots alone, and ends on a hang-up', async () => {
  const asks = new HeldAsks();
  const hangUp = new AbortController();
  const held = asks.only('p1', hangUp.signal, untilAborted);
  expect(await asks.only('p2', new AbortController().signal, async (signal) => signal.aborted)).toBe(false);
  hangUp.abort();
  expect(await held).toBe('ended');
});
