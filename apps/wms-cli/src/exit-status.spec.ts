import { describe, expect, it } from 'vitest';
import { jobExitStatus } from './exit-status.ts';

describe('jobExitStatus', () => {
  it.each([
    ['Done', 0, 0],
    ['Failed', 3, 3],
    ['Failed', 255, 255],
    ['Failed', 256, 1],
    ['Failed', 0, 1],
    ['Failed', -9, 1],
    ['Failed', null, 1],
    ['Killed', 9, 1],
    ['Deleted', null, 1],
  ])('of a job that is %s with exit code %s is %d', (state, exitCode, status) => {
    expect(jobExitStatus({ state, exitCode })).toBe(status);
  });
});
