import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, NoAnswerError, workerRoutes } from '@pilotfish/api-contract';
import { describe, expect, it } from 'vitest';
import { leanFetch } from './lean-fetch.ts';

/** Serves by the listener while `use` runs. */
async function serving(listener: RequestListener, use: (client: Client, sockets: () => number) => Promise<void>) {
  const server = createServer(listener);
  let sockets = 0;
  server.on('connection', () => {
    sockets += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    await use(new Client({ url, token: () => 'secret', fetch: leanFetch }), () => sockets);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const params = { digest: 'sha256:x' };

describe('the lean fetch under the typed client', () => {
  it('sends JSON and bytes with the token, reads them back, and keeps its connection', async () => {
    const seen: string[] = [];
    const listener: RequestListener = async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push(`${request.method} ${request.headers.authorization} ${Buffer.concat(chunks)}`);
      response.end(request.method === 'GET' ? Buffer.from([1, 2, 3]) : '{"halt":true}');
    };
    await serving(listener, async (client, sockets) => {
      expect(await client.call(workerRoutes.haltVm, { body: { reason: 'ü' } })).toEqual({ halt: true });
      expect(await client.bytes(workerRoutes.workerSandbox, { params })).toEqual(new Uint8Array([1, 2, 3]));
      expect(sockets()).toBe(1);
    });
    expect(seen).toEqual(['POST Bearer secret {"reason":"ü"}', 'GET Bearer secret ']);
  });

  it('shows the problem of a refusal', async () => {
    const body = { type: 'a', title: 'b', status: 409, detail: 'c', code: 'stale-attempt', requestId: 'd', errors: [] };
    await serving(
      (_, response) => response.writeHead(409).end(JSON.stringify(body)),
      async (client) => {
        await expect(client.bytes(workerRoutes.workerSandbox, { params })).rejects.toMatchObject({ problem: body });
      },
    );
  });

  it.each<[string, RequestListener, object]>([
    ['the connection is cut', (request) => request.socket.destroy(), {}],
    [
      'the answer is cut',
      (_, response) => response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy()),
      {},
    ],
    ['time is up', () => undefined, { timeoutMs: 50 }],
    ['it is called off', () => undefined, { signal: AbortSignal.timeout(50) }],
    ['it was called off before', () => undefined, { signal: AbortSignal.abort() }],
  ])('counts as unanswered when %s', async (_, listener, extra) => {
    await serving(listener, async (client) => {
      const call = client.call(workerRoutes.haltVm, { body: { reason: '' }, ...extra });
      await expect(call).rejects.toBeInstanceOf(NoAnswerError);
    });
  });
});
