// Credentials at rest: AES-256-GCM under a data key of the VO. A sealed value is bound to its place, so that it opens
// nowhere else: layout `version | nonce (12 bytes) | tag (16 bytes) | ciphertext`.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret, WmsError } from '@pilotfish/model';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;

/** What the value is and whose, e.g. `['proxy', vo, owner]`; kept nowhere, but needed again to open it. */
export type Place = readonly [kind: string, ...parts: readonly string[]];

export const makeDataKey = (): Secret<Buffer> => new Secret(randomBytes(KEY_BYTES));

export function seal(key: Secret<Buffer>, place: Place, value: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.reveal(), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(bytesOf(place));
  const sealed = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), sealed]);
}

/** Throws WmsError `internal` when the key or the place is another, or a bit of it was changed. */
export function open(key: Secret<Buffer>, place: Place, sealed: Buffer): Secret<Buffer> {
  try {
    if (sealed.length < HEAD_BYTES || sealed[0] !== VERSION) throw new Error('not sealed by this version');
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key.reveal(), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(bytesOf(place));
    decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
    return new Secret(Buffer.concat([decipher.update(sealed.subarray(HEAD_BYTES)), decipher.final()]));
  } catch {
    const what = place.join(' ');
    throw new WmsError('internal', `The stored ${what} does not open: it was changed in the database, or its key was.`);
  }
}

/** The nonce, which no two writings share. */
export const writingOf = (sealed: Buffer): string => sealed.subarray(1, 1 + NONCE_BYTES).toString('hex');

// JSON keeps the parts apart: no two places have the same bytes.
const bytesOf = (place: Place): Buffer => Buffer.from(JSON.stringify(['pilotfish-sealed', VERSION, ...place]));
