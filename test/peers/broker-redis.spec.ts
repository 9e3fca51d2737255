// The broker's promises on a real Redis: a private redis-server on loopback, which the tests may flush and end.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Secret } from '@pilotfish/model';
import { openBroker } from '@pilotfish/persistence';
import { brokerContract } from '@pilotfish/test-kit';
import { afterAll, beforeAll, beforeEach } from 'vitest';

const isInstalled = spawnSync('redis-server', ['--version']).status === 0;
const NO_DATABASE = new Secret('postgresql://nobody@127.0.0.1:1/none');

let port = 0;
let server: ChildProcess | undefined;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

async function start(): Promise<void> {
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--maxmemory-policy', 'noeviction'];
  server = spawn('redis-server', settings, { stdio: 'ignore' });
  while ((await say('PING').catch(() => '')) !== '+PONG') await delay(20);
}

async function stop(): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}

/** One command, in the protocol's inline form; the first line of the answer. */
async function say(command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = await once(socket, 'data');
    return String(answer).split('\r\n')[0] ?? '';
  } finally {
    socket.destroy();
  }
}

beforeAll(async () => {
  if (!isInstalled) return;
  port = await freePort();
  await start();
});
beforeEach((context) => {
  if (!isInstalled) context.skip('redis-server is not installed (apt-get install redis-server)');
});
afterAll(stop);

brokerContract({
  open: (log) =>
    openBroker({
      databaseUrl: NO_DATABASE,
      redisUrl: new Secret(`redis://127.0.0.1:${port}`),
      log,
      checkEveryMs: 300,
    }),
  wipe: async () => void (await say('FLUSHALL')),
  cut: async () => void (await say('CLIENT KILL TYPE normal SKIPME yes')),
  stop,
  start,
});
