import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureTlsFiles } from './tls-authority.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOSTS = ['127.0.0.1', 'localhost'];

test('a client that trusts the authority accepts the server under each of its names', async () => {
  const { cert, key, ca } = await ensureTlsFiles(folder, [...HOSTS, 'wms.example.org']);
  const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as { port: number }).port;
  for (const servername of ['localhost', 'wms.example.org']) {
    const socket = connect({ port, host: '127.0.0.1', servername, ca: readFileSync(ca) });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.authorized).toBe(true);
    socket.destroy();
  }
  server.close();
  expect(new X509Certificate(readFileSync(cert)).checkIP('127.0.0.1')).toBe('127.0.0.1');
  for (const secret of [key, join(folder, 'ca.key')]) expect(statSync(secret).mode & 0o077).toBe(0);
});

test('keeps what is good, and makes a new certificate of the same authority for a new name', async () => {
  const { cert, ca } = await ensureTlsFiles(folder, HOSTS);
  const before = { cert: readFileSync(cert, 'utf8'), ca: readFileSync(ca, 'utf8') };
  await ensureTlsFiles(folder, HOSTS);
  expect(readFileSync(cert, 'utf8')).toBe(before.cert);
  await ensureTlsFiles(folder, [...HOSTS, '192.0.2.7']);
  expect(readFileSync(cert, 'utf8')).not.toBe(before.cert);
  expect(readFileSync(ca, 'utf8')).toBe(before.ca);
});

test('mends a certificate whose key is missing', async () => {
  const { cert, key } = await ensureTlsFiles(folder, HOSTS);
  const before = readFileSync(cert, 'utf8');
  rmSync(key);
  await ensureTlsFiles(folder, HOSTS);
  expect(readFileSync(cert, 'utf8')).not.toBe(before);
});
