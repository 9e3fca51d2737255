import { setImmediate as settled } from 'node:timers/promises';
import { CloudError } from '@pilotfish/fleet';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { timed } from './timed.ts';
import { aSlowCloud, order, vm } from './wrappers.fixture.ts';

describe('timed', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('passes on what the cloud answers, and keeps no timer', async () => {
    const { cloud, calls } = aSlowCloud();
    const answer = timed(cloud).launch(order('a'));
    calls[0]?.finish();
    expect((await answer).providerId).toBe('p');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('passes on the failures of the cloud as they are', async () => {
    const { cloud, calls } = aSlowCloud();
    const answer = timed(cloud).launch(order('a'));
    calls[0]?.fail(new CloudError('quota', 'full'));
    await expect(answer).rejects.toMatchObject({ failure: 'quota' });
  });

  it('gives up after its time with “unknown-outcome”, and swallows a failure that comes later', async () => {
    const { cloud, calls } = aSlowCloud();
    const under = timed(cloud, { readMs: 10, changeMs: 1000 });
    const outcomes = Promise.allSettled([under.list(), under.terminate(vm('a'))]);
    await vi.advanceTimersByTimeAsync(1000);
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { failure: 'unknown-outcome' } });
    }
    for (const call of calls) call.fail(new Error('too late'));
    await settled();
  });
});
