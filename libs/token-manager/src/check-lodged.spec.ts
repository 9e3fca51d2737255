import { Secret } from '@pilotfish/model';
import { expect, it } from 'vitest';
import { checkLodged } from './check-lodged.ts';

const NOW = new Date('2030-01-01T12:00:00Z');
const offered = {
  issuer: 'https://aai.example.org/auth/realms/egi',
  refreshToken: new Secret('eyJ.refresh.token'),
  scopes: ['openid', 'offline_access', 'compute.read:/'],
  expiresAt: new Date(NOW.getTime() + 1000),
};
const check = (change: object) => () => checkLodged({ ...offered, ...change }, NOW);

it('a refresh token of an https issuer is taken, with or without an end', () => {
  expect(check({})).not.toThrow();
  expect(check({ expiresAt: null, scopes: [] })).not.toThrow();
});

it('an issuer is an https URL; plain http only on this machine', () => {
  for (const issuer of [
    'aai',
    'http://aai.example.org',
    'https://a.org/?x',
    'https://a.org/#x',
    'https://me:x@a.org',
  ]) {
    expect(check({ issuer })).toThrow('https URL');
  }
  expect(check({ issuer: 'http://127.0.0.1:9000' })).not.toThrow();
});

it('an expired token, an empty one, and impossible characters are refused without quoting the token', () => {
  expect(check({ expiresAt: NOW })).toThrow('expired');
  expect(check({ expiresAt: new Date(Number.NaN) })).toThrow('expired');
  for (const text of ['', 'with\nnewline', 'x'.repeat(20_000)]) {
    expect(check({ refreshToken: new Secret(text) })).toThrow('empty, too long');
  }
  expect(check({ refreshToken: new Secret('töken') })).not.toThrow('töken');
  expect(check({ scopes: ['a b'] })).toThrow('“a b” is no scope');
});
