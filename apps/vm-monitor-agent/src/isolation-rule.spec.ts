import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isolatedHalt } from './isolation-rule.ts';

describe('an isolated VM', () => {
  it('never halts while an attempt is open, nor before its time', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(100_000),
        fc.integer({ min: 10, max: 1000 }),
        fc.nat(3),
        (last, gap, afterS, open) => {
          const halts = isolatedHalt(last + gap, last, afterS, open);
          expect(halts).toBe(open === 0 && gap >= afterS * 1000);
        },
      ),
    );
  });
});
