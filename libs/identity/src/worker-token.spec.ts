import { randomBytes } from 'node:crypto';
import { Secret, type VmId } from '@pilotfish/model';
import { SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { mintWorkerToken, readWorkerToken } from './worker-token.ts';

const key = new Secret(randomBytes(32));
const identity = { vmId: '0b1de0c8-8f5e-4a53-9c1c-0d6a1a6c2f11' as VmId, vo: 'biomed' };
const NOW = new Date('2030-01-01T12:00:00Z');
const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1000);

it('a worker token names the VM and its VO until it expires', async () => {
  const token = await mintWorkerToken(identity, key, 600, NOW);
  expect(await readWorkerToken(token, key, after(599))).toEqual(identity);
  expect(await readWorkerToken(token, key, after(600))).toBeUndefined();
});

it('a worker token of another key, or changed, says nothing', async () => {
  const token = await mintWorkerToken(identity, key, 600, NOW);
  expect(await readWorkerToken(token, new Secret(randomBytes(32)), NOW)).toBeUndefined();
  const [header, , signature] = token.split('.');
  const body = Buffer.from(JSON.stringify({ sub: identity.vmId, vo: 'astro', aud: 'pilotfish', exp: 9e9 }));
  expect(await readWorkerToken(`${header}.${body.toString('base64url')}.${signature}`, key, NOW)).toBeUndefined();
  expect(await readWorkerToken('pft_something', key, NOW)).toBeUndefined();
});

it('another kind of token under the same key is no worker token', async () => {
  const claims = new SignJWT({ vo: 'biomed', sub: identity.vmId, aud: 'pilotfish', exp: after(60).getTime() / 1000 });
  expect(
    await readWorkerToken(await claims.setProtectedHeader({ alg: 'HS256' }).sign(key.reveal()), key, NOW),
  ).toBeUndefined();
});
