// What a lodged refresh token must be. Whether its issuer still honours it shows at the first use.
import { type Secret, WmsError } from '@pilotfish/model';

const MAX_CHARS = 16_384;
/** RFC 6749 appendix A.17 and A.4. */
const TOKEN = /^[\x20-\x7e]+$/;
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

interface Offered {
  readonly issuer: string;
  readonly refreshToken: Secret;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
}

/** Throws WmsError `bad-request`, which never quotes the token. */
export function checkLodged({ issuer, refreshToken, scopes, expiresAt }: Offered, now: Date): void {
  if (!isIssuer(issuer)) throw bad('Its issuer must be an https URL without query or fragment.');
  const text = refreshToken.reveal();
  if (text.length > MAX_CHARS || !TOKEN.test(text)) throw bad('It is empty, too long, or has characters no token has.');
  const scope = scopes.find((one) => !SCOPE.test(one));
  if (scope !== undefined) throw bad(`“${scope}” is no scope.`);
  if (expiresAt !== null && !(expiresAt > now)) throw bad('It has expired.');
}

/** OpenID Connect Core §2; plain http only to this machine. */
function isIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer) || /[?#]/.test(issuer)) return false;
  const { protocol, hostname, username, password } = new URL(issuer);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
}

const bad = (detail: string): WmsError =>
  new WmsError('bad-request', `This is not a refresh token to lodge. ${detail}`);
