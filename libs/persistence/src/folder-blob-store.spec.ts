import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Digest } from '@pilotfish/model';
import type { BlobStore } from '@pilotfish/workload';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { folderBlobStore } from './folder-blob-store.ts';

let folder: string;
let store: BlobStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blobs-'));
  store = folderBlobStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const digestOf = (content: string) => `sha256:${createHash('sha256').update(content).digest('hex')}` as Digest;
const put = (digest: Digest, content: string, most = 1000) =>
  store.put(digest, Readable.from([Buffer.from(content)]), most);
const read = async (digest: Digest) => {
  const stream = await store.get(digest);
  return stream && text(stream);
};

it('what was put is read again under its digest, also when put twice at once', async () => {
  const digest = digestOf('hello');
  expect(await Promise.all([put(digest, 'hello'), put(digest, 'hello')])).toEqual([5, 5]);
  expect(await read(digest)).toBe('hello');
  expect(await read(digestOf('other'))).toBeUndefined();
});

it('wrong or too many bytes are refused and nothing is kept of them', async () => {
  await expect(put(digestOf('hello'), 'hullo')).rejects.toMatchObject({ code: 'digest-mismatch' });
  await expect(put(digestOf('hello'), 'hello', 4)).rejects.toMatchObject({ code: 'too-large' });
  expect(await read(digestOf('hello'))).toBeUndefined();
  expect(await readdir(join(folder, 'incoming'))).toEqual([]);
});

it('nothing but a digest becomes a path', async () => {
  for (const digest of ['sha256:../../etc/passwd', 'sha256:', 'md5:abc'] as Digest[]) {
    await expect(store.get(digest)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(put(digest, 'x')).rejects.toMatchObject({ code: 'bad-request' });
  }
});
