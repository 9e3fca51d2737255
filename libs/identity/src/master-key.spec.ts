import { randomBytes } from 'node:crypto';
import { Secret } from '@pilotfish/model';
import { expect, it } from 'vitest';
import { deriveKey } from './master-key.ts';

const master = new Secret(randomBytes(32));

it('gives the same key for the same purpose and another for another', () => {
  const key = deriveKey(master, 'worker-token').reveal();
  expect(key).toHaveLength(32);
  expect(deriveKey(master, 'worker-token').reveal()).toEqual(key);
  expect(deriveKey(master, 'credentials').reveal()).not.toEqual(key);
  expect(deriveKey(new Secret(randomBytes(32)), 'worker-token').reveal()).not.toEqual(key);
});

it('refuses a master key that is too short', () => {
  expect(() => deriveKey(new Secret(Buffer.from('short')), 'worker-token')).toThrow('too short');
});
