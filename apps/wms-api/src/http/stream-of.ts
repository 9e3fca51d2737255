// Raw bodies, bounded. Refusing one must leave the connection alone: what is left of it is read and dropped after the
// answer is out, whereas a destroyed request would cut off the answer too.
import { PassThrough, Readable } from 'node:stream';
import { WmsError } from '@pilotfish/model';
import type { FastifyRequest } from 'fastify';

/** The raw body of a `bytes` route. A body that says it is too large is refused before it is read. */
export function streamOf(request: FastifyRequest, maxBytes: number): Readable {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > maxBytes) {
    throw new WmsError('too-large', `the body has ${length} bytes; at most ${maxBytes} are taken here`);
  }
  if (request.body === undefined || request.body === null) return Readable.from([]);
  if (request.body instanceof Readable) return apart(request.body);
  throw new WmsError('bad-request', 'send the bytes as application/octet-stream');
}

function apart(body: Readable): Readable {
  const copy = new PassThrough();
  body.once('error', (error) => copy.destroy(error));
  copy.once('close', () => {
    body.unpipe(copy);
    body.resume();
  });
  return body.pipe(copy);
}

/** A small `bytes` body, whole. */
export async function bytesOf(request: FastifyRequest, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of streamOf(request, maxBytes)) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw new WmsError('too-large', `at most ${maxBytes} bytes are taken here`);
  }
  return Buffer.concat(chunks);
}
