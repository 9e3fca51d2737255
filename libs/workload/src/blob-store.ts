// The port to blobs: sandboxes under their own digest.

import type { Readable } from 'node:stream';
import type { Digest } from '@pilotfish/model';

export interface BlobStore {
  /**
   * Stores the stream if its bytes have the digest; returns their number. Throws WmsError `digest-mismatch` or
   * `too-large` and keeps nothing.
   */
  put(digest: Digest, bytes: Readable, maxBytes: number): Promise<number>;
  get(digest: Digest): Promise<Readable | undefined>;
}

export interface SandboxRights {
  /** The uploader and his VO's jobs may name the sandbox from now on. */
  grant(digest: Digest, size: number, vo: string, owner: string): Promise<void>;
  owns(digest: Digest, vo: string, owner: string): Promise<boolean>;
}
