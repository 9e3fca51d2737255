// Where the service listens and what others call it: the port asked for, else the one of the last start, else any.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { WmsError } from '@pilotfish/model';

/** Without TLS everything, tokens and jobs, would cross the network in clear. @throws WmsError `bad-request` */
export function refuseOpenHost(host: string, hasTls: boolean): void {
  if (hasTls || isLoopback(host)) return;
  throw new WmsError('bad-request', `Listening on ${host} needs TLS: add --tls, or stay on 127.0.0.1.`);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** @throws WmsError `unavailable` when the port asked for is taken. */
export async function choosePort(asked: number | undefined, host: string, dataDir: string): Promise<number> {
  const savedIn = join(dataDir, 'port');
  const port = asked
    ? await demand(asked, host)
    : ((await tryListen(savedPort(savedIn), host)) ?? (await demand(0, host)));
  writeFileSync(savedIn, `${port}\n`);
  return port;
}

/** How VMs and people reach it; for a wildcard host, the first address of this machine that others can use. */
export function serviceUrl(host: string, port: number, hasTls: boolean): string {
  const name = host === '0.0.0.0' || host === '::' ? firstAddress() : host;
  return `${hasTls ? 'https' : 'http'}://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}

function firstAddress(): string {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}

function savedPort(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'utf8'), 10) || 0;
  } catch {
    return 0;
  }
}

async function demand(port: number, host: string): Promise<number> {
  const got = await tryListen(port, host);
  if (got !== undefined) return got;
  throw new WmsError('unavailable', `Can't listen on port ${port} of ${host}: choose another one with --port.`);
}

function tryListen(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
