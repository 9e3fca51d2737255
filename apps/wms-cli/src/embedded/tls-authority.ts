// The service's own certificate authority, for where there is no better one: clients are given `ca.pem`. Node reads
// X.509 but can't write it, so the openssl program does.
import { execFile } from 'node:child_process';
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WmsError } from '@pilotfish/model';

const CA_DAYS = 3_650;
/** Some clients refuse a server's certificate that lasts longer. */
const SERVER_DAYS = 397;
const RENEW_BEFORE_MS = 30 * 86_400_000;

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/**
 * Paths of a certificate for `hosts`, made or renewed when needed, and of the authority that signed it.
 * @throws WmsError `unavailable` without openssl.
 */
export async function ensureTlsFiles(folder: string, hosts: readonly string[]): Promise<TlsFiles> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string) => join(folder, name);
  const files = { cert: at('server.pem'), key: at('server.key'), ca: at('ca.pem') };
  // An authority may be kept without its key at hand, until the next certificate is due.
  const caKey = read(at('ca.key'));
  if (!isGood(read(files.ca), caKey, (ca) => ca.ca)) await makeAuthority(folder);
  const authority = new X509Certificate(read(files.ca) ?? '');
  const isOurs = (server: X509Certificate) =>
    server.verify(authority.publicKey) && hosts.every((host) => isFor(server, host));
  const key = read(files.key);
  if (key === undefined || !isGood(read(files.cert), key, isOurs)) await makeServerCertificate(folder, hosts);
  return files;
}

/** Lasts for a while, fits its key, and passes `test`. */
function isGood(pem: string | undefined, key: string | undefined, test: (one: X509Certificate) => boolean): boolean {
  if (pem === undefined) return false;
  try {
    const certificate = new X509Certificate(pem);
    const lasts = Date.parse(certificate.validTo) - Date.now() > RENEW_BEFORE_MS;
    return lasts && (key === undefined || certificate.checkPrivateKey(createPrivateKey(key))) && test(certificate);
  } catch {
    return false;
  }
}

function isFor(certificate: X509Certificate, host: string): boolean {
  return (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
}

async function makeAuthority(folder: string): Promise<void> {
  const settings = [
    '[req]',
    'distinguished_name=name',
    'x509_extensions=ca',
    'prompt=no',
    '[name]',
    `CN=Pilotfish authority ${randomBytes(4).toString('hex')}`,
    '[ca]',
    'basicConstraints=critical,CA:TRUE,pathlen:0',
    'keyUsage=critical,keyCertSign,cRLSign',
    'subjectKeyIdentifier=hash',
  ];
  await inDraft(folder, settings, ['ca.key', 'ca.pem'], async (draft) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', draft('ca.key')];
    await openssl([
      'req',
      '-x509',
      ...key,
      '-out',
      draft('ca.pem'),
      '-days',
      `${CA_DAYS}`,
      '-config',
      draft('settings'),
    ]);
  });
}

async function makeServerCertificate(folder: string, hosts: readonly string[]): Promise<void> {
  const names = hosts.map((host) => `${isIP(host) ? 'IP' : 'DNS'}:${host}`);
  const settings = [
    '[req]',
    'distinguished_name=name',
    'prompt=no',
    '[name]',
    'CN=Pilotfish',
    '[server]',
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    'authorityKeyIdentifier=keyid',
    `subjectAltName=${names.join(',')}`,
  ];
  await inDraft(folder, settings, ['server.key', 'server.pem'], async (draft) => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', draft('server.key')];
    await openssl(['req', '-new', ...key, '-out', draft('request'), '-config', draft('settings')]);
    const signer = ['-CA', join(folder, 'ca.pem'), '-CAkey', join(folder, 'ca.key')];
    const serial = ['-set_serial', `0x${(1n + BigInt(`0x${randomBytes(15).toString('hex')}`)).toString(16)}`];
    const extensions = ['-extfile', draft('settings'), '-extensions', 'server'];
    const period = ['-days', `${SERVER_DAYS}`];
    const out = ['-in', draft('request'), '-out', draft('server.pem')];
    await openssl(['x509', '-req', ...out, ...signer, ...serial, ...period, ...extensions]);
  });
}

/** Files appear in `folder` only when all are made; the key goes first, as a certificate without it is useless. */
async function inDraft(
  folder: string,
  settings: readonly string[],
  results: readonly string[],
  make: (draft: (name: string) => string) => Promise<void>,
): Promise<void> {
  const work = join(folder, `draft-${randomBytes(6).toString('hex')}`);
  mkdirSync(work, { mode: 0o700 });
  const draft = (name: string) => join(work, name);
  try {
    writeFileSync(draft('settings'), `${settings.join('\n')}\n`);
    await make(draft);
    for (const name of results) renameSync(draft(name), join(folder, name));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function openssl(args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)('openssl', args);
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: unknown; stderr?: string };
    const why =
      code === 'ENOENT' ? 'the openssl program is needed: install it and start again' : (stderr ?? message).trim();
    throw new WmsError('unavailable', `No certificate could be made: ${why}.`);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
