// Personal tokens: `pft_`, 256 random bits, and a checksum that tells a typing mistake from a token we don't know.
import { createHash, randomBytes } from 'node:crypto';
import { Secret } from '@pilotfish/model';

const PREFIX = 'pft_';
const RANDOM_BYTES = 32;
const CHECKSUM_CHARS = 6;
const SHAPE = /^pft_[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{6}$/;

export interface NewPersonalToken {
  /** Shown to its user once. */
  readonly token: Secret;
  /** All that is stored. */
  readonly hash: Buffer;
}

export function makePersonalToken(): NewPersonalToken {
  const body = PREFIX + randomBytes(RANDOM_BYTES).toString('base64url');
  const token = body + checksum(body);
  return { token: new Secret(token), hash: sha256(token) };
}

/** Undefined when the text can't be a token of ours, because it is cut, mistyped or something else. */
export function hashPersonalToken(text: string): Buffer | undefined {
  if (!SHAPE.test(text)) return undefined;
  const body = text.slice(0, -CHECKSUM_CHARS);
  return text === body + checksum(body) ? sha256(text) : undefined;
}

// A plain hash is enough: nobody guesses 256 random bits, however fast the hash.
const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
const checksum = (body: string): string => sha256(`checksum ${body}`).toString('base64url').slice(0, CHECKSUM_CHARS);
