// Which TCP port the server gets: the one asked for, else the one it had last time, else any free one.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { WmsError } from '@pilotfish/model';

/** `savedIn`: file with the port of the last start, which may be missing. */
export async function choosePort(asked: number | undefined, savedIn: string): Promise<number> {
  if (asked !== undefined) {
    if (await tryListen(asked)) return asked;
    throw new WmsError('unavailable', `Port ${asked} is taken: end what listens there or choose another one.`);
  }
  const saved = Number(await readFile(savedIn, 'utf8').catch(() => ''));
  if (saved > 0 && saved < 65_536 && (await tryListen(saved))) return saved;
  const free = await tryListen(0);
  if (free !== undefined) return free;
  throw new WmsError('unavailable', 'No port of 127.0.0.1 is free.');
}

function tryListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
