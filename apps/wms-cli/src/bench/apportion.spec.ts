import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apportion } from './apportion.ts';

it('the largest remainders get what is left over, the first of equals first', () => {
  expect(apportion(10, [1, 1, 1])).toEqual([4, 3, 3]);
  expect(apportion(7, [5, 3, 1])).toEqual([4, 2, 1]);
  expect(apportion(5, [8, 1], 2)).toEqual([3, 2]);
});

it('shares add up, keep their minimum, and are never further than one from their due', () => {
  const weights = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(weights, fc.nat(1_000_000), fc.nat(3), (some, spare, least) => {
      const all = [...some, 1];
      const total = spare + least * all.length;
      const shares = apportion(total, all, least);
      const sum = all.reduce((a, b) => a + b, 0);
      expect(shares.reduce((a, b) => a + b, 0)).toBe(total);
      for (const [index, share] of shares.entries())
        expect(Math.abs(share - least - (spare * all[index]!) / sum)).toBeLessThan(1);
    }),
  );
});

it('what can not be shared is refused', () => {
  expect(() => apportion(2, [1, 1, 1], 1)).toThrow(RangeError);
  expect(() => apportion(2, [0, 0])).toThrow(RangeError);
});
