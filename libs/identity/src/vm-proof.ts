// Ed25519 signatures by a VM's own key: over its activation, and over the assertions it trades for tokens (RFC 7523).
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isVmId, type VmId } from '@pilotfish/model';
import { decodeJwt, jwtVerify } from 'jose';

const RAW_KEY_BYTES = 32;
const MAX_AHEAD_S = 300;
/** A VM's clock just after boot may be off by this much. */
const SKEW_S = 60;

/** Whether `proof` (base64url) signs `text` with the private half of `publicKey`; false for anything malformed. */
export function verifyActivationProof(text: string, publicKey: string, proof: string): boolean {
  const key = keyOf(publicKey);
  return key !== undefined && verify(null, Buffer.from(text), key, Buffer.from(proof, 'base64url'));
}

/** The VM an assertion speaks of, unverified: only good for finding the public key to verify it with. */
export function claimedVm(jwt: string): VmId | undefined {
  try {
    const { sub } = decodeJwt(jwt);
    return sub !== undefined && isVmId(sub) ? sub : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The VM that signed the assertion: EdDSA, iss = sub, the audience, a jti, exp at most five minutes ahead and not more
 * than a minute ago. Undefined when any of it is wrong.
 */
export async function verifyAssertion(
  jwt: string,
  publicKey: string,
  audience: string,
  now: Date,
): Promise<VmId | undefined> {
  const key = keyOf(publicKey);
  if (key === undefined) return undefined;
  const options = {
    algorithms: ['EdDSA', 'Ed25519'],
    audience,
    currentDate: now,
    clockTolerance: SKEW_S,
    requiredClaims: ['iss', 'sub', 'exp', 'jti'],
  };
  const verified = await jwtVerify(jwt, key, options).catch(() => undefined);
  if (verified === undefined) return undefined;
  const { iss, sub, exp } = verified.payload;
  if (sub === undefined || !isVmId(sub) || iss !== sub) return undefined;
  return exp !== undefined && exp - now.getTime() / 1000 <= MAX_AHEAD_S ? sub : undefined;
}

/** Only the one spelling of a key counts, so that equal texts are equal keys. */
function keyOf(publicKey: string): KeyObject | undefined {
  const raw = Buffer.from(publicKey, 'base64url');
  if (raw.length !== RAW_KEY_BYTES || raw.toString('base64url') !== publicKey) return undefined;
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
}
