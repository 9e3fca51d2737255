import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { claimedVm, verifyActivationProof, verifyAssertion } from './vm-proof.ts';

const VM = '0b1de0c8-8f5e-4a53-9c1c-0d6a1a6c2f11';
const OTHER = '7f0c2f6e-2d64-4a0b-8f7e-0d2f9a6b1c22';
const AUDIENCE = 'pilotfish-worker';
const NOW = new Date('2030-01-01T12:00:00Z');
const at = (seconds: number): number => NOW.getTime() / 1000 + seconds;

const mine = generateKeyPairSync('ed25519');
const theirs = generateKeyPairSync('ed25519');
const rawOf = (key: KeyObject): string => key.export({ format: 'jwk' }).x!;
const publicKey = rawOf(mine.publicKey);

interface Claims {
  iss?: string;
  sub?: string;
  aud?: string;
  jti?: string;
  exp?: number;
}
const anAssertion = (change: Claims = {}, key = mine.privateKey): Promise<string> =>
  new SignJWT({ iss: VM, sub: VM, aud: AUDIENCE, jti: '1', exp: at(120), ...change })
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign(key);
const verified = (jwt: string) => verifyAssertion(jwt, publicKey, AUDIENCE, NOW);

describe('the proof of an activation', () => {
  const text = 'pilotfish-activate-v1\nthis VM';
  const proof = sign(null, Buffer.from(text), mine.privateKey).toString('base64url');

  it('is a signature of exactly this text by exactly this key', () => {
    expect(verifyActivationProof(text, publicKey, proof)).toBe(true);
    expect(verifyActivationProof(`${text}!`, publicKey, proof)).toBe(false);
    expect(verifyActivationProof(text, rawOf(theirs.publicKey), proof)).toBe(false);
  });

  it('is never valid for a malformed key or signature, nor for another spelling of the key', () => {
    for (const key of ['', 'AAAA', `${publicKey}=`, `${publicKey}A`, ` ${publicKey}`]) {
      expect(verifyActivationProof(text, key, proof)).toBe(false);
    }
    const lastChars = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
    const spellings = lastChars.map((char) => publicKey.slice(0, -1) + char);
    expect(spellings.filter((key) => verifyActivationProof(text, key, proof))).toEqual([publicKey]);
    for (const wrong of ['', 'AA', `${proof}AAAA`]) expect(verifyActivationProof(text, publicKey, wrong)).toBe(false);
  });
});

describe('an assertion', () => {
  it('tells its VM, before and after it is verified', async () => {
    const jwt = await anAssertion();
    expect(claimedVm(jwt)).toBe(VM);
    expect(await verified(jwt)).toBe(VM);
  });

  it('is refused from another key, for another audience and when issuer and subject differ', async () => {
    expect(await verified(await anAssertion({}, theirs.privateKey))).toBeUndefined();
    expect(await verified(await anAssertion({ aud: 'elsewhere' }))).toBeUndefined();
    expect(await verified(await anAssertion({ iss: OTHER }))).toBeUndefined();
    expect(await verified(await anAssertion({ iss: 'x', sub: 'x' }))).toBeUndefined();
  });

  it('lives at most five minutes', async () => {
    expect(await verified(await anAssertion({ exp: at(300) }))).toBe(VM);
    expect(await verified(await anAssertion({ exp: at(301) }))).toBeUndefined();
    expect(await verified(await anAssertion({ exp: at(-61) }))).toBeUndefined();
  });

  it('is refused without expiry, id, or signature, and signed symmetrically with the public key', async () => {
    const without = (claim: string) => {
      const { [claim]: _left, ...claims } = { iss: VM, sub: VM, aud: AUDIENCE, jti: '1', exp: at(60) } as Record<
        string,
        unknown
      >;
      return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(mine.privateKey);
    };
    for (const claim of ['exp', 'jti', 'iss', 'sub', 'aud'])
      expect(await verified(await without(claim))).toBeUndefined();
    const [header, body] = (await anAssertion()).split('.');
    expect(header).toBeDefined();
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    expect(await verified(`${none}.${body}.`)).toBeUndefined();
    const symmetric = new SignJWT({ iss: VM, sub: VM, aud: AUDIENCE, jti: '1', exp: at(60) });
    const forged = await symmetric.setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(publicKey, 'base64url'));
    expect(await verified(forged)).toBeUndefined();
    for (const text of ['', 'a.b.c', 'nonsense']) {
      expect(await verified(text)).toBeUndefined();
      expect(claimedVm(text)).toBeUndefined();
    }
  });
});
