import { expect, test } from 'vitest';
import { isPostmasterOf, parsePostmasterPid } from './postmaster-pid.ts';

test('reads pid, port and status from their lines', () => {
  const text = '4242\n/data/a b/cluster\n1795262401\n5499\n\n127.0.0.1\n  1234567         7\nready   \n';
  expect(parsePostmasterPid(text)).toEqual({ pid: 4242, port: 5499, status: 'ready' });
});

test('reads a file that is still being written', () => {
  expect(parsePostmasterPid('4242\n/data\n1795262401\n5499\n')).toEqual({ pid: 4242, port: 5499, status: '' });
});

test('finds no pid in an empty or foreign file', () => {
  expect(parsePostmasterPid('')).toBeUndefined();
  expect(parsePostmasterPid('hello\n')).toBeUndefined();
  expect(parsePostmasterPid('-4242\n')).toBeUndefined();
});

test('does not take this process for a postmaster', ({ skip }) => {
  if (process.platform !== 'linux') skip('it looks into /proc, which only Linux has');
  expect(isPostmasterOf(process.pid, '/tmp')).toBe(false);
});
