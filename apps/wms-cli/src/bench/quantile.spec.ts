import { expect, it } from 'vitest';
import { quantile, spreadOf } from './quantile.ts';

it('a quantile is a value that was measured: the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect([0, 0.5, 0.95, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([1, 50, 95, 99, 100]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

it('a spread is told of numbers in any order, compared as numbers', () => {
  expect(spreadOf([100, 9, 80, 10.126])).toEqual({ p50_ms: 10.13, p95_ms: 100, p99_ms: 100, max_ms: 100 });
  expect(spreadOf([])).toEqual({ p50_ms: null, p95_ms: null, p99_ms: null, max_ms: null });
});
