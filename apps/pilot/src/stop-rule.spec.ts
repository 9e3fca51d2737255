import { describe, expect, it } from 'vitest';
import { excess } from './stop-rule.ts';

const limits = { wallTimeS: 100, cpuTimeS: 50, processors: 2 };

describe('the watchdog', () => {
  it.each([
    [99, 119, undefined],
    [100, 0, 'wall-limit'],
    [99, 121, 'cpu-limit'],
  ])('after %i s of wall and %i s of processor time: %s', (wallS, cpuS, kind) => {
    expect(excess(wallS, cpuS, limits)?.kind).toBe(kind);
  });

  it('knows no limit that is 0', () => {
    expect(excess(1e9, 1e9, { wallTimeS: 0, cpuTimeS: 0, processors: 4 })).toBeUndefined();
  });
});
