// What a lodged PEM must be: a living proxy, its own private key, and the chain behind it. Whether the chain ends at a
// trusted authority is for those who accept the proxy to judge.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type Secret, WmsError } from '@pilotfish/model';
import type { LodgedProxy } from './store.ts';

const MAX_CHARS = 100_000;
// Base64 holds no dash; a key in the old encrypted form has one in its headers, and so isn't found.
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY = /-----BEGIN (RSA |EC )?PRIVATE KEY-----[^-]+-----END (RSA |EC )?PRIVATE KEY-----/;

/** Throws WmsError `bad-request`, which never quotes the PEM. */
export function checkLodged(pem: Secret, now: Date): Pick<LodgedProxy, 'subjectDn' | 'notAfter'> {
  const text = pem.reveal();
  if (text.length > MAX_CHARS) throw bad('It is too long for a proxy.');
  const chain = certificatesIn(text);
  checkLinks(chain);
  const [proxy] = chain;
  if (!proxy.checkPrivateKey(keyIn(text))) throw bad('Its private key is not that of its first certificate.');
  checkDates(chain, now);
  const behind = chain.findIndex((certificate, at) => !isProxyOf(certificate, chain[at + 1]));
  if (behind === 0) throw bad('Its first certificate is no proxy with the certificate behind it; make one from it.');
  return { subjectDn: dnOf(chain[behind]!), notAfter: endOf(chain) };
}

function certificatesIn(text: string): readonly [X509Certificate, ...X509Certificate[]] {
  let chain: X509Certificate[];
  try {
    chain = (text.match(CERTIFICATE) ?? []).map((one) => new X509Certificate(one));
  } catch {
    throw bad('A certificate in it cannot be read.');
  }
  const [first, ...rest] = chain;
  if (first === undefined) throw bad('There is no certificate in it.');
  return [first, ...rest];
}

function keyIn(text: string): KeyObject {
  const [key] = KEY.exec(text) ?? [];
  if (key === undefined) throw bad('There is no unencrypted private key in it.');
  try {
    return createPrivateKey(key);
  } catch {
    throw bad('Its private key cannot be read.');
  }
}

function checkLinks(chain: readonly X509Certificate[]): void {
  chain.slice(1).forEach((issuer, at) => {
    const certificate = chain[at]!;
    if (certificate.issuer !== issuer.subject || !certificate.verify(issuer.publicKey)) {
      throw bad(`Certificate ${at + 1} was not issued by the one after it; give the chain in order, the proxy first.`);
    }
  });
}

function checkDates(chain: readonly X509Certificate[], now: Date): void {
  const ended = endOf(chain);
  if (ended <= now) throw bad(`It expired at ${ended.toISOString()}.`);
  const begins = new Date(chain[0]!.validFrom);
  if (begins > now) throw bad(`It is valid only from ${begins.toISOString()}; look at the clock of its maker.`);
}

const endOf = (chain: readonly X509Certificate[]): Date =>
  new Date(Math.min(...chain.map(({ validTo }) => Date.parse(validTo))));

/** RFC 3820 §3.4: a proxy's subject is its issuer's with one more CN. */
function isProxyOf(certificate: X509Certificate, issuer: X509Certificate | undefined): boolean {
  if (issuer === undefined) return false;
  const stem = `${issuer.subject}\nCN=`;
  return certificate.subject.startsWith(stem) && !certificate.subject.slice(stem.length).includes('\n');
}

const dnOf = ({ subject }: X509Certificate): string => `/${subject.split('\n').join('/')}`;

const bad = (detail: string): WmsError => new WmsError('bad-request', `This is not a proxy to lodge. ${detail}`);
