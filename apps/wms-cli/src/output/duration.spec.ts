import { describe, expect, it } from 'vitest';
import { age, duration } from './duration.ts';

describe('duration', () => {
  it.each([
    [0.9, '0 s'],
    [12, '12 s'],
    [59.9, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [47 * 3600, '47 h'],
    [48 * 3600, '2 d'],
    [-5, '0 s'],
  ])('shows %d seconds as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

it('tells how long ago an instant was', () => {
  expect(age('2030-01-01T11:57:00Z', new Date('2030-01-01T12:00:00Z'))).toBe('3 min');
});
