import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeDataKey, open, type Place, seal, writingOf } from './envelope.ts';

const key = makeDataKey();
const place = ['proxy', 'biomed', 'ann'] as const;
const value = Buffer.from('a private key');

it('opens what it sealed, at its place only', () => {
  const sealed = seal(key, place, value);
  expect(open(key, place, sealed).reveal()).toEqual(value);
  const others: Place[] = [
    ['proxy', 'biomed', 'ben'],
    ['token', 'biomed', 'ann'],
    ['proxy', 'biomed","ann'],
    ['proxy'],
  ];
  for (const other of others) expect(() => open(key, other, sealed)).toThrow('does not open');
  expect(() => open(makeDataKey(), place, sealed)).toThrow('does not open');
});

it('any changed bit or missing byte is noticed', () => {
  const sealed = seal(key, place, value);
  fc.assert(
    fc.property(fc.nat(sealed.length - 1), fc.nat(7), (at, bit) => {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1 << bit;
      expect(() => open(key, place, changed)).toThrow('does not open');
      expect(() => open(key, place, sealed.subarray(0, at))).toThrow('does not open');
    }),
  );
});

it('shows nothing of the value, neither sealed nor opened, and never seals the same twice', () => {
  const [one, other] = [seal(key, place, value), seal(key, place, value)];
  expect(one.includes(value)).toBe(false);
  expect(writingOf(one)).not.toBe(writingOf(other));
  expect(inspect(open(key, place, one))).toBe('[secret]');
});
