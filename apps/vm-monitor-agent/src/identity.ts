// The VM's identity: an Ed25519 key made on the VM and kept there. It is written down before its public half is sent,
// so that an agent that crashes in between comes back as the same one.
import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WORKER_AUDIENCE } from '@pilotfish/api-contract';
import { writeWhole } from './write-whole.ts';

const ASSERTION_S = 120;

export interface Identity {
  /** base64url of the 32 raw bytes (JWK `x`). */
  readonly publicKey: string;
  /** base64url Ed25519 signature. */
  sign(text: string): string;
  /** RFC 7523 §3: who the VM is, for two minutes and one use. `nowMs`: since the epoch. */
  assertion(vmId: string, nowMs: number): string;
}

export async function loadIdentity(path: string): Promise<Identity> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return identityOf(JSON.parse(text) as JsonWebKey);
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeWhole(path, JSON.stringify(jwk));
  return identityOf(jwk);
}

export function identityOf(jwk: JsonWebKey): Identity {
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    publicKey: jwk.x ?? '',
    sign: (text) => signature(text, key),
    assertion: (vmId, nowMs) => {
      const iat = Math.floor(nowMs / 1000);
      const claims = { iss: vmId, sub: vmId, aud: WORKER_AUDIENCE, iat, exp: iat + ASSERTION_S, jti: randomUUID() };
      const text = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part(claims)}`;
      return `${text}.${signature(text, key)}`;
    },
  };
}

// By node:crypto, not by a JWT package: those need a global WebCrypto, which Node 18 hides behind a flag.
function signature(text: string, key: KeyObject): string {
  return sign(null, Buffer.from(text), key).toString('base64url');
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
