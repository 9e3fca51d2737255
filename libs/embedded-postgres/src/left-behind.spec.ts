// Starters in processes of their own: killed, or run by another user than ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { isAlive } from './process-table.ts';
import { isRoot } from './run-as.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startPostgres } from './start-postgres.ts';

const NOBODY = 65534;
const STARTER = `
import { startPostgres } from './index.ts';
const server = await startPostgres(JSON.parse(process.argv[2]));
console.log(JSON.stringify({ pid: server.pid, url: server.url.reveal() }));
process.stdin.on('end', () => server.stop().then(() => process.exit(0)));
process.stdin.resume();
`;

let base: string;
let script: string;
const running = new Set<EmbeddedPostgres>();
const children = new Set<ChildProcess>();
const leftPids = new Set<number>();

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'left behind '));
  await chmod(base, 0o755);
  await mkdir(join(base, 'app'));
  script = join(base, 'app', 'starter.mjs');
  const source = dirname(fileURLToPath(import.meta.url));
  await build({
    stdin: { contents: STARTER, resolveDir: source, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['pg'],
    outfile: script,
  });
  await symlink(join(source, '../../../node_modules'), join(base, 'app', 'node_modules'));
  await chmod(script, 0o644);
});
afterEach(async () => {
  for (const server of running) await server.stop();
  for (const child of children) child.kill('SIGKILL');
  for (const pid of leftPids) if (isAlive(pid)) process.kill(pid, 'SIGQUIT');
  running.clear();
  children.clear();
  leftPids.clear();
});
afterAll(() => rm(base, { recursive: true, force: true }));

function optionsFor(name: string): EmbeddedPostgresOptions {
  return { dataDir: join(base, name, 'data'), cacheDir: join(base, 'cache'), durability: 'test' };
}

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await startPostgres(options);
  running.add(server);
  return server;
}

async function startElsewhere(options: EmbeddedPostgresOptions, user: { uid?: number; gid?: number } = {}) {
  const args = [script, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { ...user, cwd: join(base, 'app'), stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  for await (const line of createInterface(child.stdout)) {
    const server: { pid: number; url: string } = JSON.parse(line);
    leftPids.add(server.pid);
    return { ...server, child, ended };
  }
  throw new Error('the starter ended without a word');
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

test('a server whose starter was killed is taken over, watched and stopped', async () => {
  const options = optionsFor('killed');
  const left = await startElsewhere(options);
  await expect(start(options)).rejects.toMatchObject({ code: 'unavailable' });
  left.child.kill('SIGKILL');
  await left.ended;
  expect(isAlive(left.pid)).toBe(true);

  const lines: string[] = [];
  const taken = await start({ ...options, log: (line) => lines.push(line) });
  expect({ pid: taken.pid, url: taken.url.reveal() }).toEqual({ pid: left.pid, url: left.url });
  expect(lines.join()).toContain('took over');
  await taken.stop();
  expect(isAlive(left.pid)).toBe(false);
});

test('the end of a server taken over is noticed, and it can be started again', async () => {
  const options = optionsFor('noticed');
  const left = await startElsewhere(options);
  left.child.kill('SIGKILL');
  await left.ended;
  const taken = await start(options);
  const how = new Promise<string>((resolve) => taken.onExit(resolve));
  process.kill(taken.pid, 'SIGKILL');
  expect(await how).toContain('ended');
  const again = await start(options);
  expect(await query(again.url.reveal(), 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a server left behind with other durability is replaced, not used', async () => {
  const options = optionsFor('durable');
  const left = await startElsewhere(options);
  left.child.kill('SIGKILL');
  await left.ended;
  const server = await start({ ...options, durability: 'full' });
  expect(server.pid).not.toBe(left.pid);
  expect(isAlive(left.pid)).toBe(false);
  expect(await query(server.url.reveal(), 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
});

test('an ordinary user starts it as himself, and root then runs it as that user', async ({ skip }) => {
  if (!isRoot()) skip('only root can start it as another user');
  const options = { ...optionsFor('ordinary'), cacheDir: join(base, 'ordinary', 'cache') };
  await mkdir(join(base, 'ordinary'));
  await chown(join(base, 'ordinary'), NOBODY, NOBODY);
  const left = await startElsewhere(options, { uid: NOBODY, gid: NOBODY });
  await query(left.url, 'create table mine (n int)');
  left.child.stdin?.end();
  await left.ended;
  expect(isAlive(left.pid)).toBe(false);
  expect((await stat(join(options.dataDir, 'cluster'))).uid).toBe(NOBODY);

  const server = await start(options);
  expect(await query(server.url.reveal(), 'select * from mine')).toEqual([]);
});

test('root in a folder closed to everybody puts the cluster elsewhere and finds it again', async ({ skip }) => {
  if (!isRoot()) skip('only root can start it as another user');
  const closed = join(base, 'closed');
  await mkdir(closed, { mode: 0o700 });
  const options = { ...optionsFor('closed'), cacheDir: join(closed, 'cache') };
  let elsewhere: string | undefined;
  vi.stubEnv('TMPDIR', base);
  try {
    const first = await start(options);
    elsewhere = (await readFile(join(options.dataDir, 'location'), 'utf8')).trim();
    await query(first.url.reveal(), 'create table far (n int)');
    await first.stop();
    const second = await start(options);
    expect(await query(second.url.reveal(), 'select * from far')).toEqual([]);
    await second.stop();

    await rm(elsewhere, { recursive: true });
    await expect(start(options)).rejects.toMatchObject({ message: expect.stringContaining(elsewhere) });
  } finally {
    vi.unstubAllEnvs();
    for (const server of running) await server.stop();
    if (elsewhere) await rm(elsewhere, { recursive: true, force: true });
  }
});
