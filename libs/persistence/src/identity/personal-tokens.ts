import type { NewToken, TokenRecord } from '@pilotfish/identity';
import { type Caller, type User, WmsError } from '@pilotfish/model';
import { type Database, type Sql, sql } from '../database.ts';
import { writeAudit } from './audit.ts';

// One round trip, and a write at most once a minute: every call of every user comes through here.
const CALLER = sql(
  'caller_of_token',
  `WITH found AS (
     SELECT t.id, p.name, p.vo, p.grp AS "group", p.role FROM personal_token t JOIN person p ON p.name = t.person
     WHERE t.hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now()) AND p.disabled_at IS NULL
   ), touched AS (
     UPDATE personal_token t SET last_used_at = now() FROM found
     WHERE t.id = found.id AND (t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute')
   ) SELECT name, vo, "group", role FROM found`,
);
const INSERT = sql(
  'insert_token',
  'INSERT INTO personal_token (person, label, hash, expires_at) VALUES ($1, $2, $3, $4) RETURNING id::int',
);
const PERSON = sql('lock_person', 'SELECT name FROM person WHERE name = $1 FOR SHARE');
const LIST = sql(
  'list_tokens',
  `SELECT id, person AS "user", label, created_at AS "createdAt", expires_at AS "expiresAt",
     last_used_at AS "lastUsedAt", revoked_at AS "revokedAt" FROM personal_token WHERE person = $1 ORDER BY id`,
);
const LOCK = sql(
  'lock_token',
  'SELECT revoked_at IS NOT NULL AS revoked FROM personal_token WHERE person = $1 AND id = $2 FOR UPDATE',
);
const REVOKE = sql('revoke_token', 'UPDATE personal_token SET revoked_at = now() WHERE id = $1');

export async function callerOfToken(db: Sql, hash: Buffer): Promise<Caller | undefined> {
  const [user] = await db.rows<User>(CALLER, [hash]);
  return user && { kind: 'user', ...user };
}

export async function insertToken(tx: Sql, user: string, token: NewToken): Promise<number> {
  const [row] = await tx.rows<{ id: number }>(INSERT, [user, token.label, token.hash, token.expiresAt]);
  return row!.id;
}

export async function issueToken(db: Database, user: string, token: NewToken, actor: string): Promise<number> {
  return db.transaction(async (tx) => {
    if ((await tx.rows(PERSON, [user])).length === 0) throw new WmsError('not-found', `There is no user ${user}.`);
    const id = await insertToken(tx, user, token);
    const { label, expiresAt } = token;
    await writeAudit(tx, actor, 'token.issue', user, { token: id, label, expiresAt });
    return id;
  });
}

export async function listTokens(db: Sql, user: string): Promise<readonly TokenRecord[]> {
  return db.rows<TokenRecord>(LIST, [user]);
}

export async function revokeToken(db: Database, user: string, id: number, actor: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [token] = Number.isSafeInteger(id) ? await tx.rows<{ revoked: boolean }>(LOCK, [user, id]) : [];
    if (token === undefined)
      throw new WmsError('not-found', `${user} has no token ${id}; list the tokens for their ids.`);
    if (token.revoked) return;
    await tx.rows(REVOKE, [id]);
    await writeAudit(tx, actor, 'token.revoke', user, { token: id });
  });
}
