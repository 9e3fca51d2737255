import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataDir } from './data-dir-lock.ts';
import { rotateLogFile, tailOf } from './log-file.ts';
import { ensureMasterKey } from './master-key.ts';
import { identify, isRunning } from './process-identity.ts';
import { choosePort, refuseOpenHost, serviceUrl } from './service-address.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a data folder has one holder at a time, and a dead holder none', () => {
  const lock = lockDataDir(folder);
  expect(() => lockDataDir(folder)).toThrow(`already runs on ${folder} as process ${process.pid}`);
  lock.release();
  const stale = { ...identify(process.pid), startTime: '1' };
  for (const left of [JSON.stringify(stale), '{"pid":', '']) {
    writeFileSync(join(folder, 'up.lock'), left);
    lockDataDir(folder).release();
  }
});

test('a process is told from another one with the same number', () => {
  const me = identify(process.pid);
  expect(me && isRunning(me)).toBe(true);
  expect(isRunning({ pid: process.pid, startTime: 'another' })).toBe(false);
  expect(identify(2 ** 22 + 1)).toBeUndefined();
});

test('the master key is made once, for its owner only, and a broken one is never replaced', () => {
  const path = ensureMasterKey(folder);
  const key = readFileSync(path);
  expect(key).toHaveLength(32);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  ensureMasterKey(folder);
  expect(readFileSync(path)).toEqual(key);
  writeFileSync(path, 'short');
  expect(() => ensureMasterKey(folder)).toThrow('put back the right one');
});

test('a log goes on in the same file while older parts are kept aside', () => {
  const path = join(folder, 'api.log');
  for (const part of ['one', 'two', 'three']) {
    appendFileSync(path, `${part}\n`);
    rotateLogFile(path, 2);
  }
  expect([1, 2, 3].map((at) => readFileSync(`${path}.${at}`, 'utf8'))).toEqual(['three\n', 'two\n', 'one\n']);
  expect(statSync(path).size).toBe(0);
  appendFileSync(path, 'first line\nlast line\n');
  expect(tailOf(path, 15)).toBe('last line');
  expect(tailOf(join(folder, 'none'))).toBe('');
});

test('the port asked for must be free; otherwise the last one is kept if it can be', async () => {
  const first = await choosePort(undefined, '127.0.0.1', folder);
  expect(await choosePort(0, '127.0.0.1', folder)).toBe(first);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(first, '127.0.0.1', resolve));
  await expect(choosePort(first, '127.0.0.1', folder)).rejects.toThrow(`port ${first}`);
  expect(await choosePort(0, '127.0.0.1', folder)).not.toBe(first);
  other.close();
});

test('only a loopback host goes without TLS', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', 'localhost', '::1']) refuseOpenHost(host, false);
  for (const host of ['0.0.0.0', '::', 'wms.example.org', '127.example.org']) {
    expect(() => refuseOpenHost(host, false)).toThrow('needs TLS');
    refuseOpenHost(host, true);
  }
  expect(serviceUrl('::1', 8440, true)).toBe('https://[::1]:8440');
  expect(serviceUrl('0.0.0.0', 1, true)).not.toContain('0.0.0.0');
});
