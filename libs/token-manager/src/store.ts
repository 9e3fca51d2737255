// The port to stored refresh tokens: encrypted at rest, one per owner and issuer in a VO.
import type { Secret } from '@pilotfish/model';

export interface LodgedToken {
  readonly vo: string;
  readonly owner: string;
  /** URL of the identity provider, as in the `iss` of its tokens. */
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** Null: not known. */
  readonly expiresAt: Date | null;
}

export interface StoredToken extends LodgedToken {
  readonly refreshToken: Secret;
}

export interface FoundToken extends StoredToken {
  /** Which writing of the row this is; opaque. */
  readonly version: string;
}

export interface TokenStore {
  /** Takes the place of the owner's earlier token of this issuer. Throws WmsError `unknown-vo`. */
  lodge(token: StoredToken): Promise<void>;
  /** Throws WmsError `internal` for a row that was changed behind the store's back. */
  find(vo: string, owner: string, issuer: string): Promise<FoundToken | undefined>;
  /**
   * Saves the token an issuer rotated to, before anything obtained with it is used: if it were lost, the old one would
   * be spent. False, with nothing changed, when the row is no longer the `found` one.
   */
  replace(found: FoundToken, next: Pick<StoredToken, 'refreshToken' | 'scopes' | 'expiresAt'>): Promise<boolean>;
  /** Whether there was one. */
  remove(vo: string, owner: string, issuer: string): Promise<boolean>;
  /** Those that end before `before`, the ended ones included, soonest first. */
  expiring(before: Date): Promise<readonly LodgedToken[]>;
}
