import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { httpRequest, KeptConnection } from './kept-connection.ts';

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    if (request.url === '/chunks') {
      response.write('a');
      response.end('b');
      return;
    }
    if (request.url === '/none') {
      response.writeHead(204).end();
      return;
    }
    const answer = JSON.stringify({ said: body, by: request.headers.authorization, port: request.socket.remotePort });
    response.writeHead(201, { 'content-length': Buffer.byteLength(answer) }).end(answer);
  });
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

it('many requests go over one connection, and each gets its own answer', async () => {
  const line = await KeptConnection.open(url);
  const ports = new Set<number>();
  for (const text of ['one', 'zwölf', 'x'.repeat(200_000)]) {
    const request = httpRequest({ method: 'POST', path: '/', host: 'here', token: 't', body: { text } });
    const { status, body } = await line.send(request);
    const answer = JSON.parse(body) as { said: string; by: string; port: number };
    expect([status, JSON.parse(answer.said), answer.by]).toEqual([201, { text }, 'Bearer t']);
    ports.add(answer.port);
  }
  expect(await line.send(httpRequest({ method: 'GET', path: '/none', host: 'here' }))).toEqual({
    status: 204,
    body: '',
  });
  expect(ports.size).toBe(1);
  line.close();
});

it('an answer in chunks, and a closed connection, are failures', async () => {
  const line = await KeptConnection.open(url);
  await expect(line.send(httpRequest({ method: 'GET', path: '/chunks', host: 'here' }))).rejects.toThrow('chunks');
  line.close();
  await expect(line.send(httpRequest({ method: 'GET', path: '/none', host: 'here' }))).rejects.toThrow();
});
