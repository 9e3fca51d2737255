import { Secret } from '@pilotfish/model';
import type { LodgedProxy, ProxyStore, StoredProxy } from '@pilotfish/proxy-manager';
import { type Database, sql } from '../database.ts';
import { currentDataKey, dataKey } from './data-keys.ts';
import { open, seal } from './envelope.ts';
import type { KeyWrap } from './key-wrap.ts';

type Row = LodgedProxy & { readonly dataKey: number; readonly sealed: Buffer };

const LODGE = sql(
  'lodge_proxy',
  `INSERT INTO stored_proxy (vo, owner, subject_dn, data_key, sealed, not_after) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (vo, owner) DO UPDATE SET subject_dn = excluded.subject_dn, data_key = excluded.data_key,
     sealed = excluded.sealed, not_after = excluded.not_after, lodged_at = now()`,
);
const PUBLIC = 'vo, owner, subject_dn AS "subjectDn", not_after AS "notAfter"';
const FIND = sql(
  'find_proxy',
  `SELECT ${PUBLIC}, data_key AS "dataKey", sealed FROM stored_proxy WHERE vo = $1 AND owner = $2`,
);
const REMOVE = sql('remove_proxy', 'DELETE FROM stored_proxy WHERE vo = $1 AND owner = $2 RETURNING owner');
const EXPIRING = sql('expiring_proxies', `SELECT ${PUBLIC} FROM stored_proxy WHERE not_after < $1 ORDER BY not_after`);

const placeOf = (vo: string, owner: string) => ['proxy', vo, owner] as const;

export function postgresProxyStore(db: Database, wrap: KeyWrap): ProxyStore {
  return {
    lodge: (proxy) => lodge(db, wrap, proxy),
    find: (vo, owner) => find(db, wrap, vo, owner),
    remove: async (vo, owner) => (await db.rows(REMOVE, [vo, owner])).length > 0,
    expiring: (before) => db.rows<LodgedProxy>(EXPIRING, [before]),
  };
}

async function lodge(db: Database, wrap: KeyWrap, proxy: StoredProxy): Promise<void> {
  const { vo, owner, subjectDn, notAfter, pem } = proxy;
  const { id, key } = await currentDataKey(db, wrap, vo);
  const sealed = seal(key, placeOf(vo, owner), Buffer.from(pem.reveal()));
  await db.rows(LODGE, [vo, owner, subjectDn, id, sealed, notAfter]);
}

async function find(db: Database, wrap: KeyWrap, vo: string, owner: string): Promise<StoredProxy | undefined> {
  const [row] = await db.rows<Row>(FIND, [vo, owner]);
  if (row === undefined) return undefined;
  const { dataKey: id, sealed, ...lodged } = row;
  const bytes = open(await dataKey(db, wrap, vo, id), placeOf(vo, owner), sealed);
  return { ...lodged, pem: new Secret(bytes.reveal().toString()) };
}
