import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pool } from './pool.ts';

const amounts = (max: number) =>
  fc.record({
    processors: fc.nat(max),
    memoryMb: fc.nat(max),
    diskMb: fc.nat(max),
    gpus: fc.nat(max),
  });

describe('the pool', () => {
  it('never promises more than there is and gets everything back', () => {
    fc.assert(
      fc.property(amounts(20), fc.array(amounts(8)), (total, wishes) => {
        const pool = new Pool(total);
        const held = wishes.filter((wish) => pool.reserve(wish));
        for (const [quantity, free] of Object.entries(pool.free())) {
          const sum = held.reduce((all, one) => all + one[quantity as keyof typeof one], 0);
          expect(free).toBe(total[quantity as keyof typeof total] - sum);
          expect(free).toBeGreaterThanOrEqual(0);
        }
        for (const one of held) pool.release(one);
        expect(pool.free()).toEqual(total);
      }),
    );
  });

  it('takes nothing when one quantity is short', () => {
    const pool = new Pool({ processors: 4, memoryMb: 100, diskMb: 0, gpus: 0 });
    expect(pool.reserve({ processors: 1, memoryMb: 101, diskMb: 0, gpus: 0 })).toBe(false);
    expect(pool.free().processors).toBe(4);
  });
});
