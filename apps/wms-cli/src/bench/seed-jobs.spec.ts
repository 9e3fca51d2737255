import fc from 'fast-check';
import { expect, it } from 'vitest';
import { strideOf } from './seed-jobs.ts';

it('multiples of the stride reach every place once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), (total) => {
      const stride = strideOf(total);
      const places = new Set(Array.from({ length: total }, (_, id) => ((id + 1) * stride) % total));
      expect(places.size).toBe(total);
    }),
    { numRuns: 50 },
  );
});
