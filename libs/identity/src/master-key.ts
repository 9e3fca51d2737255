// One master key outside the database; every use gets a key of its own, so that none of them tells about another.
import { hkdfSync } from 'node:crypto';
import { Secret, WmsError } from '@pilotfish/model';

const KEY_BYTES = 32;

/** HKDF-SHA256 (RFC 5869) to 256 bits; `purpose` is fixed text in the code that uses the key. */
export function deriveKey(master: Secret<Buffer>, purpose: string): Secret<Buffer> {
  if (master.reveal().length < KEY_BYTES) {
    throw new WmsError('bad-request', `The master key is too short: give ${KEY_BYTES} random bytes or more.`);
  }
  const info = `pilotfish-v1\n${purpose}`;
  return new Secret(Buffer.from(hkdfSync('sha256', master.reveal(), Buffer.alloc(0), info, KEY_BYTES)));
}
