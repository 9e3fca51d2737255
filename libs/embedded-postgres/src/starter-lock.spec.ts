import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startedAt } from './process-table.ts';
import { takeStarterLock } from './starter-lock.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'starter-lock-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

function leaveLock(text: string): void {
  writeFileSync(join(dataDir, 'starter.lock'), text);
}

test('is free again after its release', () => {
  takeStarterLock(dataDir).release();
  const lock = takeStarterLock(dataDir);
  expect(() => takeStarterLock(dataDir)).toThrow(/in use/);
  lock.release();
  expect(readdirSync(dataDir)).toEqual([]);
});

test('a release after somebody else took over leaves his lock alone', () => {
  const lost = takeStarterLock(dataDir);
  leaveLock('{"pid":999999999}');
  const now = takeStarterLock(dataDir);
  lost.release();
  expect(() => takeStarterLock(dataDir)).toThrow(/in use/);
  now.release();
});

test('is taken over from a dead process, from a pid used again, and from nonsense', () => {
  for (const left of [
    '{"pid":999999999,"startedAt":"1"}',
    JSON.stringify({ pid: process.pid, startedAt: `${Number(startedAt(process.pid) ?? 0) - 1}` }),
    'nonsense',
  ]) {
    leaveLock(left);
    takeStarterLock(dataDir).release();
  }
});

test('is not taken over from one who is just writing his', () => {
  leaveLock('');
  expect(() => takeStarterLock(dataDir)).toThrow(/just begun/);
});
