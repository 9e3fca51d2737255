import { describe, expect, it } from 'vitest';
import { couldEverRun } from './could-ever.ts';
import { anOffer, aQueue, cores } from './examples.fixture.ts';

describe('couldEverRun', () => {
  it('has nothing to say when one kind of node will do', () => {
    const offers = [anOffer({ site: 'CLOUD.far.org' }), anOffer()];
    expect(couldEverRun(aQueue(1, { sites: ['CLOUD.local.org'] }), offers)).toEqual([]);
  });

  it('says for each kind of node why it will never do', () => {
    const total = { processors: 2, memoryMb: 4096, diskMb: 0, gpus: 0 };
    const offers = [anOffer({ total, free: total }), anOffer({ endpoint: 'far', profile: 'large' })];
    expect(couldEverRun(aQueue(1, cores(16)), offers)).toMatchObject([
      { where: 'profile small at local', mismatches: [{ criterion: 'processors' }, { criterion: 'memory' }] },
      { where: 'profile large at far', mismatches: [{ criterion: 'processors' }, { criterion: 'memory' }] },
    ]);
  });

  it("says that a VO has no profile, and never names another VO's nodes", () => {
    expect(couldEverRun(aQueue(1), [anOffer({ vo: 'bio' })])).toEqual([
      {
        where: 'VO astro',
        mismatches: [
          {
            criterion: 'profile',
            reason: 'VO astro has no VM profile with an endpoint, so nothing can run; a VO administrator adds one',
          },
        ],
      },
    ]);
  });
});
