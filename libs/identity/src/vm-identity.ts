// What a VM's activation comes to. Its public key, once bound, is its identity; the activation key is good for one.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Secret, type VmState } from '@pilotfish/model';

const ACTIVATION_KEY_BYTES = 32;

/** What the ledger knows of the VM. */
export interface ActivationRow {
  readonly state: VmState;
  readonly publicKey: string | null;
  readonly activationHash: Buffer | null;
  readonly activationUntil: Date | null;
  readonly lockedAt: Date | null;
}

export interface ActivationRequest {
  readonly activationKey: string;
  /** Ed25519, base64url of its 32 raw bytes. */
  readonly publicKey: string;
  /** The request is signed with the private half of `publicKey` (verifyActivationProof). */
  readonly proofValid: boolean;
}

export type ActivationRefusal = 'bad-proof' | 'unknown-vm' | 'wrong-key' | 'locked' | 'retired' | 'expired';
export type ActivationAlarm = 'second-key';

export type Activation =
  | 'activate'
  | 'same-again'
  | { readonly refuse: ActivationRefusal }
  | { readonly alarm: ActivationAlarm };

/** A one-time key for a VM's user-data, and what is stored of it. */
export function activationKey(): { readonly key: Secret; readonly hash: Buffer } {
  const key = randomBytes(ACTIVATION_KEY_BYTES).toString('base64url');
  return { key: new Secret(key), hash: hashOf(key) };
}

/**
 * Decides a request against the VM's row; the caller holds the row's lock. Nothing about the VM decides the answer
 * before the key is proven, so a stranger learns nothing from it and can't lock a VM. Whoever comes with the true key
 * and another identity either stole the key or came after the thief: then nobody speaks for the VM any more.
 */
export function decideActivation(row: ActivationRow | undefined, request: ActivationRequest, now: Date): Activation {
  if (!request.proofValid) return { refuse: 'bad-proof' };
  if (row === undefined) return { refuse: 'unknown-vm' };
  if (row.activationHash === null || !timingSafeEqual(row.activationHash, hashOf(request.activationKey))) {
    return { refuse: 'wrong-key' };
  }
  if (row.lockedAt !== null) return { refuse: 'locked' };
  return row.publicKey === null ? firstTime(row, now) : again(row, request.publicKey);
}

function firstTime(row: ActivationRow, now: Date): Activation {
  if (row.state !== 'ordered' && row.state !== 'booting') return { refuse: 'retired' };
  if (row.activationUntil === null || row.activationUntil <= now) return { refuse: 'expired' };
  return 'activate';
}

// The key's time limit is for binding; an answer lost on the way may be asked for at any time.
function again(row: ActivationRow, publicKey: string): Activation {
  if (row.publicKey !== publicKey) return { alarm: 'second-key' };
  return isRetired(row.state) ? { refuse: 'retired' } : 'same-again';
}

/** Nothing that calls itself this VM is served in these states. */
export function isRetired(state: VmState): boolean {
  return state === 'gone' || state === 'failed';
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();
