// Certificates for tests, written as DER by hand: Node reads them but makes none.
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Secret } from '@pilotfish/model';

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const SEQUENCE = 0x30;
const ECDSA_SHA256 = der(SEQUENCE, der(0x06, hex('2a8648ce3d040302')));
const OIDS: Readonly<Record<string, string>> = { C: '550406', O: '55040a', CN: '550403' };

const nameOf = (dn: string): Buffer => {
  const parts = dn
    .slice(1)
    .split('/')
    .map((part) => part.split('=') as [string, string]);
  const rdns = parts.map(([type, value]) =>
    der(0x31, der(SEQUENCE, der(0x06, hex(OIDS[type]!)), der(0x0c, Buffer.from(value)))),
  );
  return der(SEQUENCE, ...rdns);
};
const timeOf = (time: Date): Buffer => der(0x18, Buffer.from(`${time.toISOString().replace(/[-:T]|\..*/g, '')}Z`));

export interface Issued {
  readonly dn: string;
  readonly key: KeyObject;
  readonly certificate: string;
}

/** A certificate by `issuer`, or a self-signed one. */
export function issue(dn: string, from: Date, to: Date, issuer?: Pick<Issued, 'dn' | 'key'>): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const version = der(0xa0, der(0x02, hex('02')));
  const validity = der(SEQUENCE, timeOf(from), timeOf(to));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const serial = der(0x02, hex('01'));
  const by = nameOf(issuer?.dn ?? dn);
  const tbs = der(SEQUENCE, version, serial, ECDSA_SHA256, by, validity, nameOf(dn), spki);
  const signature = sign('sha256', tbs, issuer?.key ?? privateKey);
  const body = der(SEQUENCE, tbs, ECDSA_SHA256, der(0x03, hex('00'), signature)).toString('base64');
  const certificate = `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  return { dn, key: privateKey, certificate };
}

export const keyPem = ({ key }: Issued): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** A proxy file as voms-proxy-init writes it: proxy, key, certificate. `hours`: its life from `now`. */
export function aProxy(now: Date, hours = 12): { readonly pem: Secret; readonly proxy: Issued; readonly user: Issued } {
  const at = (h: number): Date => new Date(now.getTime() + h * 3_600_000);
  const user = issue('/C=NL/O=Lab/CN=Ann', at(-100), at(1000));
  const proxy = issue('/C=NL/O=Lab/CN=Ann/CN=1234', at(-100), at(hours), user);
  return { pem: new Secret(proxy.certificate + keyPem(proxy) + user.certificate), proxy, user };
}
