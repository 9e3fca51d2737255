// The short token a VM shows on every call. It says which VM speaks; whether that VM may still speak is in its row.
import { isVmId, type Secret, type VmId } from '@pilotfish/model';
import { jwtVerify, SignJWT } from 'jose';

const AUDIENCE = 'pilotfish';
/** Keeps any other token signed with the same key, now or later, from passing as one of these (RFC 8725 §3.11). */
const TYPE = 'pilotfish-worker+jwt';

export interface WorkerIdentity {
  readonly vmId: VmId;
  readonly vo: string;
}

/** `ttlS`: seconds; `signingKey`: deriveKey(master, 'worker-token'). */
export async function mintWorkerToken(
  identity: WorkerIdentity,
  signingKey: Secret<Buffer>,
  ttlS: number,
  now = new Date(),
): Promise<string> {
  const issued = Math.floor(now.getTime() / 1000);
  return new SignJWT({ vo: identity.vo })
    .setProtectedHeader({ alg: 'HS256', typ: TYPE })
    .setSubject(identity.vmId)
    .setAudience(AUDIENCE)
    .setIssuedAt(issued)
    .setExpirationTime(issued + ttlS)
    .sign(signingKey.reveal());
}

/** Undefined for a token that is forged, expired or of another kind. */
export async function readWorkerToken(
  token: string,
  signingKey: Secret<Buffer>,
  now = new Date(),
): Promise<WorkerIdentity | undefined> {
  const options = {
    algorithms: ['HS256'],
    audience: AUDIENCE,
    typ: TYPE,
    currentDate: now,
    requiredClaims: ['sub', 'exp', 'vo'],
  };
  const verified = await jwtVerify(token, signingKey.reveal(), options).catch(() => undefined);
  const { sub, vo } = verified?.payload ?? {};
  return sub !== undefined && isVmId(sub) && typeof vo === 'string' ? { vmId: sub, vo } : undefined;
}
