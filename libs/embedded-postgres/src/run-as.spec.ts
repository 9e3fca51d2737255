import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findUnprivileged, firstClosedFolder } from './run-as.ts';

const ROOT = 'root:x:0:0:root:/root:/bin/bash';
const NOBODY = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin';
const STRANGER = { uid: 59_999, gid: 59_999 };
let base: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'run-as-'));
  await chmod(base, 0o755);
  await mkdir(join(base, 'closed', 'inside'), { recursive: true });
  await chmod(join(base, 'closed'), 0o700);
});
afterAll(() => rm(base, { recursive: true, force: true }));

test('takes a user pilotfish before nobody', () => {
  expect(findUnprivileged(`${ROOT}\n${NOBODY}\npilotfish:x:990:991::/:/bin/false\n`)).toEqual({ uid: 990, gid: 991 });
  expect(findUnprivileged(`${ROOT}\n${NOBODY}\n`)).toEqual({ uid: 65534, gid: 65533 });
});

test('refuses when only root is there', () => {
  expect(() => findUnprivileged(`${ROOT}\n`)).toThrow(/nobody/);
  expect(() => findUnprivileged('pilotfish:x:0:0::/:/bin/sh\n')).toThrow(/root/);
});

test('names the folder that shuts a user out, also behind a link', async () => {
  expect(firstClosedFolder(base, STRANGER)).toBeUndefined();
  expect(firstClosedFolder(join(base, 'closed', 'inside'), STRANGER)).toBe(join(base, 'closed'));
  await symlink(join(base, 'closed', 'inside'), join(base, 'link'));
  expect(firstClosedFolder(join(base, 'link'), STRANGER)).toBe(join(base, 'closed'));
});
