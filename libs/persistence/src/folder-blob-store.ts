// Blobs in a folder, each under its own digest; written aside and renamed when whole and right.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Digest, isDigest, WmsError } from '@pilotfish/model';
import type { BlobStore } from '@pilotfish/workload';

export function folderBlobStore(folder: string): BlobStore {
  const pathOf = (digest: Digest) => {
    // A digest becomes a path: nothing else may.
    if (!isDigest(digest)) throw new WmsError('bad-request', 'a digest reads sha256: and 64 hexadecimal digits');
    const hex = digest.slice('sha256:'.length);
    return join(folder, hex.slice(0, 2), hex);
  };
  return {
    async put(digest, bytes, maxBytes) {
      const target = pathOf(digest);
      const aside = join(folder, 'incoming', randomUUID());
      await mkdir(dirname(aside), { recursive: true });
      const hash = createHash('sha256');
      let size = 0;
      const measure = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          size += chunk.length;
          hash.update(chunk);
          done(size > maxBytes ? tooLarge(maxBytes) : null, chunk);
        },
      });
      try {
        await pipeline(bytes, measure, createWriteStream(aside, { flags: 'wx' }));
        const actual = `sha256:${hash.digest('hex')}`;
        if (actual !== digest)
          throw new WmsError('digest-mismatch', `the bytes have digest ${actual}, not ${digest}; send them again`);
        await mkdir(dirname(target), { recursive: true });
        await rename(aside, target);
        return size;
      } catch (error) {
        await rm(aside, { force: true });
        throw error;
      }
    },
    async get(digest) {
      const path = pathOf(digest);
      const found = await stat(path).catch(() => undefined);
      return found?.isFile() ? createReadStream(path) : undefined;
    },
  };
}

const tooLarge = (maxBytes: number) =>
  new WmsError(
    'too-large',
    `a sandbox may have ${Math.floor(maxBytes / 1_048_576)} MiB at most; put large data where the job can fetch it`,
  );
