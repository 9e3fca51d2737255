import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anOffer, anyOffer, anyQueue, aQueue, cores } from './examples.fixture.ts';
import { grant } from './grant.ts';
import { fits } from './match.ts';

describe('grant', () => {
  it('gives an exact job what it asked for and its share of memory', () => {
    expect(grant(aQueue(1, cores(2)), anOffer())).toEqual({ processors: 2, memoryMb: 4096, diskMb: 0, gpus: 0 });
  });

  it('gives a whole-node job all that is there', () => {
    expect(grant(aQueue(1, { wholeNode: true, memoryMb: 100 }), anOffer())).toEqual(anOffer().total);
  });

  it('gives an elastic job up to its most', () => {
    expect(grant(aQueue(1, cores(2, 6)), anOffer()).processors).toBe(6);
    expect(grant(aQueue(1, cores(2, 64)), anOffer()).processors).toBe(8);
  });

  it('gives an elastic job no more cores than there is memory for', () => {
    const free = { processors: 6, memoryMb: 6200, diskMb: 0, gpus: 0 };
    const each = grant(aQueue(1, cores(1, 6)), anOffer({ free, empty: false }));
    expect(each).toMatchObject({ processors: 3, memoryMb: 6144 });
  });

  it('stays within what is free and what was asked, for every job that fits', () => {
    fc.assert(
      fc.property(anyQueue, anyOffer, (queue, offer) => {
        fc.pre(fits(queue, offer));
        const each = grant(queue, offer);
        const { processors, memoryMb, diskMb, gpus, wholeNode } = queue.requirements;
        expect(each.processors).toBeGreaterThanOrEqual(processors.min);
        expect(each.memoryMb).toBeGreaterThanOrEqual(memoryMb);
        expect(each.diskMb).toBeGreaterThanOrEqual(diskMb);
        expect(each.gpus).toBeGreaterThanOrEqual(gpus);
        if (!wholeNode) expect(each.processors).toBeLessThanOrEqual(processors.max);
        for (const key of ['processors', 'memoryMb', 'diskMb', 'gpus'] as const)
          expect(each[key]).toBeLessThanOrEqual(offer.free[key]);
      }),
      { numRuns: 1000 },
    );
  });
});
