import { describe, expect, it } from 'vitest';
import { isolatedHalt } from './stop-rule.ts';

const cutOff = { now: 1_000_000, lastContactAt: 100_000, openAttempts: 0, isolatedAfterS: 900 };

describe('isolatedHalt', () => {
  it('halts an empty VM that has been cut off for long enough', () => {
    expect(isolatedHalt(cutOff)).toBe(true);
    expect(isolatedHalt({ ...cutOff, now: 999_999 })).toBe(false);
  });

  it('never halts a VM with an open attempt', () => {
    expect(isolatedHalt({ ...cutOff, openAttempts: 1 })).toBe(false);
  });
});
