import { Secret } from '@pilotfish/model';
import { expect, it } from 'vitest';
import { aProxy, issue, keyPem } from './chain.fixture.ts';
import { checkLodged } from './check-lodged.ts';

const NOW = new Date('2030-01-01T12:00:00Z');
const at = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);
const { pem, proxy, user } = aProxy(NOW);
const check = (...parts: readonly string[]) => checkLodged(new Secret(parts.join('')), NOW);

it('a proxy is known by the name behind it and ends when the first of its chain ends', () => {
  expect(checkLodged(pem, NOW)).toEqual({ subjectDn: '/C=NL/O=Lab/CN=Ann', notAfter: at(12) });
  const long = issue('/C=NL/O=Lab/CN=Ann/CN=1234/CN=2', at(-1), at(90), proxy);
  const whole = check(long.certificate, keyPem(long), proxy.certificate, user.certificate);
  expect(whole).toEqual({ subjectDn: '/C=NL/O=Lab/CN=Ann', notAfter: at(12) });
});

it('an expired proxy, or one of tomorrow, is refused', () => {
  expect(() => checkLodged(pem, at(12))).toThrow('It expired at 2030-01-02T00:00:00.000Z');
  const early = issue('/C=NL/O=Lab/CN=Ann/CN=1', at(1), at(9), user);
  expect(() => check(early.certificate, keyPem(early), user.certificate)).toThrow('valid only from');
});

it('another key than its own, a locked one or none is refused', () => {
  expect(() => check(proxy.certificate, keyPem(user), user.certificate)).toThrow('private key is not that');
  expect(() => check(proxy.certificate, user.certificate)).toThrow('no unencrypted private key');
  const locked = proxy.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
  expect(() => check(proxy.certificate, locked, user.certificate)).toThrow('no unencrypted private key');
});

it('a long-lived certificate with its key is refused: only proxies are lodged', () => {
  expect(() => check(user.certificate, keyPem(user))).toThrow('no proxy');
  expect(() => check(proxy.certificate, keyPem(proxy))).toThrow('no proxy');
});

it('a chain that does not hold together is refused', () => {
  const stranger = issue('/C=NL/O=Lab/CN=Ann', at(-1), at(100));
  expect(() => check(proxy.certificate, keyPem(proxy), stranger.certificate)).toThrow('not issued by the one after it');
});

it('text that is no PEM is refused, and no refusal quotes it', () => {
  expect(() => check('hello')).toThrow('no certificate');
  expect(() => check(proxy.certificate.replace('MI', 'AA'), keyPem(proxy))).toThrow('cannot be read');
  expect(() => check('-'.repeat(200_000))).toThrow('too long');
  expect(() => check('secret-text')).not.toThrow('secret-text');
});
