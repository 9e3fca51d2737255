import { inspect } from 'node:util';
import { VM_STATES } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ActivationRow, activationKey, decideActivation } from './vm-identity.ts';

const { key, hash } = activationKey();
const NOW = new Date('2030-01-01T12:00:00Z');
const later = new Date(NOW.getTime() + 60_000);
const aRow = (change: Partial<ActivationRow> = {}): ActivationRow => ({
  state: 'booting',
  publicKey: null,
  activationHash: hash,
  activationUntil: later,
  lockedAt: null,
  ...change,
});
const aRequest = (change: object = {}) => ({
  activationKey: key.reveal(),
  publicKey: 'mine',
  proofValid: true,
  ...change,
});

describe('an activation', () => {
  it('binds the first key that comes with the activation key', () => {
    expect(decideActivation(aRow(), aRequest(), NOW)).toBe('activate');
    expect(decideActivation(aRow({ state: 'ordered' }), aRequest(), NOW)).toBe('activate');
  });

  it('gives the same key the same answer, however late', () => {
    const row = aRow({ state: 'draining', publicKey: 'mine', activationUntil: NOW });
    expect(decideActivation(row, aRequest(), NOW)).toBe('same-again');
  });

  it('is an alarm when another key comes with a spent activation key', () => {
    for (const state of VM_STATES) {
      const row = aRow({ state, publicKey: 'mine', activationUntil: NOW });
      expect(decideActivation(row, aRequest({ publicKey: 'theirs' }), NOW)).toEqual({ alarm: 'second-key' });
    }
  });

  it('is refused for an unknown VM, without proof, too late, after the VM was retired or locked', () => {
    expect(decideActivation(undefined, aRequest(), NOW)).toEqual({ refuse: 'unknown-vm' });
    expect(decideActivation(aRow(), aRequest({ proofValid: false }), NOW)).toEqual({ refuse: 'bad-proof' });
    expect(decideActivation(aRow({ activationUntil: NOW }), aRequest(), NOW)).toEqual({ refuse: 'expired' });
    expect(decideActivation(aRow({ activationUntil: null }), aRequest(), NOW)).toEqual({ refuse: 'expired' });
    expect(decideActivation(aRow({ state: 'stopping' }), aRequest(), NOW)).toEqual({ refuse: 'retired' });
    expect(decideActivation(aRow({ state: 'gone', publicKey: 'mine' }), aRequest(), NOW)).toEqual({
      refuse: 'retired',
    });
    expect(decideActivation(aRow({ publicKey: 'mine', lockedAt: NOW }), aRequest(), NOW)).toEqual({ refuse: 'locked' });
  });

  it('without the activation key neither binds, answers nor alarms, whatever the row says', () => {
    const rows = fc.record({
      state: fc.constantFrom(...VM_STATES),
      publicKey: fc.constantFrom(null, 'mine', 'theirs'),
      activationHash: fc.constantFrom(null, hash),
      activationUntil: fc.constantFrom(null, NOW, later),
      lockedAt: fc.constantFrom(null, NOW),
    });
    fc.assert(
      fc.property(rows, fc.string(), (row, guess) => {
        expect(decideActivation(row, aRequest({ activationKey: guess }), NOW)).toEqual({ refuse: 'wrong-key' });
      }),
    );
  });
});

it('an activation key has 256 bits and never prints', () => {
  expect(Buffer.from(key.reveal(), 'base64url')).toHaveLength(32);
  expect(inspect({ key })).not.toContain(key.reveal());
});
