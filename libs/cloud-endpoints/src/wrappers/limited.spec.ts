import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { limited } from './limited.ts';
import { aSlowCloud, order, vm } from './wrappers.fixture.ts';

describe('limited', () => {
  it('lets one call at a time through for each VM, in order', async () => {
    const { cloud, calls } = aSlowCloud();
    const under = limited(cloud);
    const all = [under.launch(order('a')), under.stop(vm('a')), under.terminate(vm('a')), under.launch(order('b'))];
    await settled();
    expect(calls.map(({ what }) => what)).toEqual(['launch a', 'launch b']);
    for (let index = 0; index < all.length; index++) {
      calls[index]?.finish();
      await settled();
    }
    await Promise.all(all);
    expect(calls.map(({ what }) => what)).toEqual(['launch a', 'launch b', 'stop a', 'terminate a']);
  });

  it('goes on with a VM after a call for it failed', async () => {
    const { cloud, calls } = aSlowCloud();
    const under = limited(cloud);
    const [first, second] = [under.stop(vm('a')), under.terminate(vm('a'))];
    await settled();
    calls[0]?.fail(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await settled();
    calls[1]?.finish();
    await second;
  });

  it('has no more calls under way than it may, and forgets none', async () => {
    const { cloud, calls, state } = aSlowCloud();
    const under = limited(cloud, { atOnce: 3 });
    const all = Array.from({ length: 20 }, (_, index) => under.terminate(vm(`vm-${index}`)));
    for (let index = 0; index < all.length; index++) {
      await settled();
      calls[index]?.finish();
    }
    await Promise.all(all);
    expect(state.most).toBe(3);
  });

  it('lets calls queued for one VM hold no slot that others could use', async () => {
    const { cloud, calls } = aSlowCloud();
    const under = limited(cloud, { atOnce: 2 });
    const all = [under.stop(vm('a')), under.start(vm('a')), under.stop(vm('a')), under.list()];
    await settled();
    expect(calls.map(({ what }) => what)).toEqual(['list', 'stop a'].sort());
    for (let index = 0; index < all.length; index++) {
      calls[index]?.finish();
      await settled();
    }
    await Promise.all(all);
  });
});
