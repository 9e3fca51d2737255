import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readPostmasterPid } from './postmaster-pid.ts';
import { isAlive } from './process-table.ts';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startPostgres } from './start-postgres.ts';

let base: string;
const running = new Set<EmbeddedPostgres>();

beforeAll(async () => {
  // A folder every user may enter, so that root keeps the cluster in it.
  base = await mkdtemp(join(tmpdir(), 'embedded postgres '));
  await chmod(base, 0o755);
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running.clear();
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function start(name: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startPostgres({
    dataDir: join(base, name),
    cacheDir: join(base, 'cache'),
    durability: 'test',
    ...more,
  });
  running.add(server);
  return server;
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

test('keeps its rows, its password and its port over a stop and a start', async () => {
  const first = await start('kept');
  await query(first.url.reveal(), 'create table kept (n int); insert into kept values (7)');
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);

  const second = await start('kept', { durability: 'full' });
  expect(second.url.reveal()).toBe(first.url.reveal());
  expect(await query(second.url.reveal(), 'select n from kept')).toEqual([{ n: 7 }]);
  expect(await query(second.url.reveal(), 'show fsync')).toEqual([{ fsync: 'on' }]);
});

test('listens on loopback only and refuses a wrong password', async () => {
  const server = await start('kept');
  const wrong = server.url.reveal().replace(/:[^:@]+@/, ':wrong@');
  await expect(query(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  const [row] = await query(server.url.reveal(), `select current_setting('listen_addresses') as a`);
  expect(row).toEqual({ a: '127.0.0.1' });
  const { mode } = await stat(join(base, 'kept', 'password'));
  expect(mode & 0o777).toBe(0o600);
  expect(JSON.stringify(server)).not.toContain('postgresql://');
});

test('sorts and folds by code point and Unicode, whatever the host speaks', async () => {
  const server = await start('kept');
  const [row] = await query(
    server.url.reveal(),
    `select upper('ä') as upper, 'B' < 'a' as code_point, current_setting('server_encoding') as encoding`,
  );
  expect(row).toEqual({ upper: 'Ä', code_point: true, encoding: 'UTF8' });
});

test('refuses a second starter of the same folder and tells who holds it', async () => {
  await start('kept');
  await expect(start('kept')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining(String(process.pid)),
    flaws: [{ pointer: '/dataDir' }],
  });
});

test('lets only one of two starters at once win', async () => {
  const outcomes = await Promise.allSettled([start('raced'), start('raced')]);
  expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('says so when the server dies, and starts again after a crash', async () => {
  const first = await start('crashed', { durability: 'full' });
  await query(first.url.reveal(), 'create table t (n int)');
  const how = new Promise<string>((resolve) => first.onExit(resolve));
  process.kill(first.pid, 'SIGKILL');
  expect(await how).toContain('SIGKILL');
  // The pid file of the dead process is still there.
  expect(readPostmasterPid(join(base, 'crashed', 'cluster'))?.pid).toBe(first.pid);

  const second = await start('crashed');
  expect(second.pid).not.toBe(first.pid);
  expect(await query(second.url.reveal(), 'select * from t')).toEqual([]);
});

test('says nothing when it is stopped on purpose', async () => {
  const server = await start('kept');
  let told = false;
  server.onExit(() => {
    told = true;
  });
  await Promise.all([server.stop(), server.stop()]);
  expect(told).toBe(false);
});

test('ignores a pid file whose pid belongs to another program by now', async () => {
  const first = await start('reused');
  await first.stop();
  const pidFile = join(base, 'reused', 'cluster', 'postmaster.pid');
  await writeFile(pidFile, `${process.pid}\n${join(base, 'reused', 'cluster')}\n1\n${first.port}\n\n\n\nready\n`);
  const second = await start('reused');
  expect(await query(second.url.reveal(), 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('begins anew after an interrupted initdb', async () => {
  const draft = join(base, 'interrupted', 'cluster.draft');
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, 'PG_VERSION'), '18\n');
  const server = await start('interrupted');
  expect(await query(server.url.reveal(), 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('refuses a damaged cluster instead of wiping it', async () => {
  const cluster = join(base, 'damaged', 'cluster');
  await mkdir(join(cluster, 'base'), { recursive: true });
  await expect(start('damaged')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('PG_VERSION'),
  });
  await expect(start('damaged')).rejects.not.toMatchObject({ flaws: [{ pointer: '/dataDir' }] });
});

test('refuses a port that is taken, but takes another one when only the last one is', async () => {
  const first = await start('ported');
  await first.stop();
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(first.port, '127.0.0.1', resolve));
  try {
    await expect(start('ported', { port: first.port })).rejects.toMatchObject({ code: 'unavailable' });
    const second = await start('ported');
    expect(second.port).not.toBe(first.port);
    expect(await readFile(join(base, 'ported', 'port'), 'utf8')).toBe(`${second.port}\n`);
  } finally {
    blocker.close();
  }
});

test('repairs binaries that a cleaner has thinned out', async () => {
  const [version] = (await readdir(join(base, 'cache'))).filter((name) => name.startsWith('postgres-'));
  await rm(join(base, 'cache', version!, 'lib', 'libpq.so.5'), { force: true });
  await rm(join(base, 'cache', version!, 'bin', 'postgres'), { force: true });
  const server = await start('kept');
  expect(await query(server.url.reveal(), 'select 1 as one')).toEqual([{ one: 1 }]);
});
