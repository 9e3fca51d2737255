// The port to stored proxies: encrypted at rest, one per owner in a VO.
import type { Secret } from '@pilotfish/model';

export interface LodgedProxy {
  readonly vo: string;
  readonly owner: string;
  /** Of the certificate behind the proxy, as grids write it: `/C=NL/O=Lab/CN=Ann`. */
  readonly subjectDn: string;
  readonly notAfter: Date;
}

export interface StoredProxy extends LodgedProxy {
  /** PEM: the proxy's certificate, its private key, and the certificates behind it. */
  readonly pem: Secret;
}

export interface ProxyStore {
  /** Takes the place of the owner's earlier proxy. Throws WmsError `unknown-vo`. */
  lodge(proxy: StoredProxy): Promise<void>;
  /** Throws WmsError `internal` for a row that was changed behind the store's back. */
  find(vo: string, owner: string): Promise<StoredProxy | undefined>;
  /** Whether there was one. */
  remove(vo: string, owner: string): Promise<boolean>;
  /** Those that end before `before`, the ended ones included, soonest first. */
  expiring(before: Date): Promise<readonly LodgedProxy[]>;
}
