import { Secret } from '@pilotfish/model';
import type { FoundToken, LodgedToken, StoredToken, TokenStore } from '@pilotfish/token-manager';
import { type Database, sql } from '../database.ts';
import { currentDataKey, dataKey } from './data-keys.ts';
import { open, seal, writingOf } from './envelope.ts';
import type { KeyWrap } from './key-wrap.ts';

type Row = LodgedToken & { readonly dataKey: number; readonly sealed: Buffer };

const LODGE = sql(
  'lodge_refresh_token',
  `INSERT INTO stored_refresh_token (vo, owner, issuer, data_key, sealed, scopes, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)
   ON CONFLICT (vo, owner, issuer) DO UPDATE SET data_key = excluded.data_key, sealed = excluded.sealed,
     scopes = excluded.scopes, expires_at = excluded.expires_at, lodged_at = now()`,
);
const PUBLIC = 'vo, owner, issuer, scopes, expires_at AS "expiresAt"';
const FIND = sql(
  'find_refresh_token',
  `SELECT ${PUBLIC}, data_key AS "dataKey", sealed FROM stored_refresh_token WHERE vo = $1 AND owner = $2 AND issuer = $3`,
);
// A new nonce at each writing makes it a version.
const REPLACE = sql(
  'replace_refresh_token',
  `UPDATE stored_refresh_token SET data_key = $5, sealed = $6, scopes = $7, expires_at = $8
   WHERE vo = $1 AND owner = $2 AND issuer = $3 AND substring(sealed FROM 2 FOR 12) = decode($4, 'hex') RETURNING owner`,
);
const REMOVE = sql(
  'remove_refresh_token',
  'DELETE FROM stored_refresh_token WHERE vo = $1 AND owner = $2 AND issuer = $3 RETURNING owner',
);
const EXPIRING = sql(
  'expiring_refresh_tokens',
  `SELECT ${PUBLIC} FROM stored_refresh_token WHERE expires_at < $1 ORDER BY expires_at`,
);

type Key = Pick<LodgedToken, 'vo' | 'owner' | 'issuer'>;
const placeOf = ({ vo, owner, issuer }: Key) => ['refresh token', vo, owner, issuer] as const;

export function postgresTokenStore(db: Database, wrap: KeyWrap): TokenStore {
  return {
    lodge: (token) => lodge(db, wrap, token),
    find: (vo, owner, issuer) => find(db, wrap, { vo, owner, issuer }),
    replace: (found, next) => replace(db, wrap, found, next),
    remove: async (vo, owner, issuer) => (await db.rows(REMOVE, [vo, owner, issuer])).length > 0,
    expiring: (before) => db.rows<LodgedToken>(EXPIRING, [before]),
  };
}

async function lodge(db: Database, wrap: KeyWrap, token: StoredToken): Promise<void> {
  const { vo, owner, issuer, scopes, expiresAt, refreshToken } = token;
  const { id, key } = await currentDataKey(db, wrap, vo);
  const sealed = seal(key, placeOf(token), Buffer.from(refreshToken.reveal()));
  await db.rows(LODGE, [vo, owner, issuer, id, sealed, scopes, expiresAt]);
}

async function find(db: Database, wrap: KeyWrap, of: Key): Promise<FoundToken | undefined> {
  const [row] = await db.rows<Row>(FIND, [of.vo, of.owner, of.issuer]);
  if (row === undefined) return undefined;
  const { dataKey: id, sealed, ...lodged } = row;
  const bytes = open(await dataKey(db, wrap, of.vo, id), placeOf(of), sealed);
  return { ...lodged, refreshToken: new Secret(bytes.reveal().toString()), version: writingOf(sealed) };
}

async function replace(
  db: Database,
  wrap: KeyWrap,
  found: FoundToken,
  next: Parameters<TokenStore['replace']>[1],
): Promise<boolean> {
  const { vo, owner, issuer, version } = found;
  const { id, key } = await currentDataKey(db, wrap, vo);
  const sealed = seal(key, placeOf(found), Buffer.from(next.refreshToken.reveal()));
  const changed = await db.rows(REPLACE, [vo, owner, issuer, version, id, sealed, next.scopes, next.expiresAt]);
  return changed.length > 0;
}
