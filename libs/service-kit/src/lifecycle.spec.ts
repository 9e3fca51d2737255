import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

/** What a service does, by its first argument; `stopped` on stdout shows that it was stopped in good order. */
const SERVICE = `
import { makeLog, runService } from './index.ts';
const kind = process.argv[2];
const log = makeLog('service', 'info');
const idle = setInterval(() => {}, 1000);
log.info('begun');
await runService({ log, env: process.env, start: async () => {
  if (kind === 'bad-start') throw new Error('no database');
  if (kind === 'slow-start') await new Promise((done) => setTimeout(done, 500));
  if (kind === 'throws') setTimeout(() => { throw new Error('nobody caught me'); }, 50);
  if (kind === 'rejects') setTimeout(() => Promise.reject(new Error('nobody caught me')), 50);
  return { info: { port: 7 }, stop: async () => {
    await new Promise((done) => setTimeout(done, 100));
    log.info('stopped');
    if (kind === 'bad-stop') throw new Error('stuck');
  } };
} });
`;

const SOON = { timeout: 10_000 };

let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lifecycle-'));
  await build({
    stdin: { contents: SERVICE, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import{createRequire as c}from'node:module';const require=c(import.meta.url);" },
    outfile: join(folder, 'service.mjs'),
  });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(kind: string, supervised = false) {
  const child = spawn(process.execPath, [join(folder, 'service.mjs'), kind], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { PATH: process.env.PATH, ...(supervised ? { PILOTFISH_SUPERVISED: '1' } : {}) },
  });
  children.push(child);
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const ready = once(child, 'message').then(([message]) => message as object);
  return { child, exit, ready, text: () => text };
}

test('tells that it is ready, and stops once however many signals come', async () => {
  const { child, exit, ready, text } = start('good');
  expect(await ready).toEqual({ kind: 'ready', port: 7 });
  child.kill('SIGTERM');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  await expect.poll(() => text().match(/"stopped"/g)?.length, SOON).toBe(1);
});

test('a signal during the start stops it after the start', async () => {
  const { child, exit, text } = start('slow-start');
  await expect.poll(text, SOON).toContain('begun');
  // Its handlers come in the same turn as that line.
  await delay(50);
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
  await expect.poll(text, SOON).toContain('"stopped"');
});

test.each(['throws', 'rejects', 'bad-start'])('ends with status 1 and says why: %s', async (kind) => {
  const { exit, text } = start(kind);
  expect(await exit).toBe(1);
  await expect.poll(text, SOON).toMatch(/"level":"fatal".*(nobody caught me|no database)/);
});

test('a stop that fails ends with status 1', async () => {
  const { child, exit, ready } = start('bad-stop');
  await ready;
  child.kill('SIGTERM');
  expect(await exit).toBe(1);
});

test('stops when its supervisor is gone', async () => {
  const { child, exit, ready, text } = start('good', true);
  await ready;
  child.disconnect();
  expect(await exit).toBe(0);
  await expect.poll(text, SOON).toContain('"stopped"');
});

test('without a supervisor the end of the channel means nothing', async () => {
  const { child, exit, ready } = start('good');
  await ready;
  child.disconnect();
  await delay(300);
  expect(child.exitCode).toBeNull();
  child.kill('SIGTERM');
  expect(await exit).toBe(0);
});
