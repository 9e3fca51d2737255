import { vmHealth } from '@pilotfish/api-contract';
import { describe, expect, it } from 'vitest';
import { availableMemory, busyShare, Health } from './health.ts';

describe('health', () => {
  it('is what the contract wants', async () => {
    const health = vmHealth.parse(await new Health('/').measure(true));
    expect(health.memoryUsedMb).toBeLessThanOrEqual(health.memoryTotalMb);
    expect(health.diskFreeMb).toBeGreaterThan(0);
  });

  it('says the share of busy processors between two readings', () => {
    expect(busyShare({ busy: 10, total: 100 }, { busy: 40, total: 200 })).toBeCloseTo(0.3);
    expect(busyShare({ busy: 10, total: 100 }, { busy: 10, total: 100 })).toBe(0);
    expect(busyShare({ busy: 50, total: 100 }, { busy: 10, total: 200 })).toBe(0);
  });

  it('counts droppable cache as available', () => {
    expect(availableMemory('MemTotal: 9 kB\nMemAvailable:    2048 kB\n')).toBe(2 * 1024 * 1024);
    expect(availableMemory('')).toBeUndefined();
  });
});
