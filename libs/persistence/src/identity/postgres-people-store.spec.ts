import { makePersonalToken } from '@pilotfish/identity';
import type { User } from '@pilotfish/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../database.ts';
import { aDatabase } from './identity.fixture.ts';
import { postgresPeopleStore } from './postgres-people-store.ts';

let base: Awaited<ReturnType<typeof aDatabase>>;
let store: ReturnType<typeof postgresPeopleStore>;
let count = 0;
let ann: User;

beforeAll(async () => {
  base = await aDatabase();
  store = postgresPeopleStore(base.db, base.source);
});
afterAll(() => base.close());
beforeEach(() => {
  ann = { name: `ann${++count}`, vo: 'biomed', group: 'users', role: 'user' };
});

const aToken = (expiresAt: Date | null = null) => ({ hash: makePersonalToken().hash, label: 'laptop', expiresAt });
const rows = (name: string, text: string, values: unknown[] = []) => base.db.rows(sql(name, text), values);
const auditOf = (subject: string) =>
  rows('audit_of', 'SELECT actor, action, detail FROM audit WHERE subject = $1 ORDER BY id', [subject]);

describe('a VO', () => {
  it('is created, changed and audited, and keeps what is not part of the change', async () => {
    await store.putVo({ name: 'climate', description: 'first', weight: 1 }, 'root');
    await rows('credential', `UPDATE vo SET credential = 'token' WHERE name = 'climate'`);
    await store.putVo({ name: 'climate', description: 'second', weight: 3 }, 'root');
    expect(await store.vos()).toContainEqual({ name: 'climate', description: 'second', weight: 3 });
    expect(await rows('kept', `SELECT credential FROM vo WHERE name = 'climate'`)).toEqual([{ credential: 'token' }]);
    expect(await auditOf('climate')).toHaveLength(2);
  });
});

describe('a user', () => {
  it('is found, listed with the VO, and known by the first token', async () => {
    const token = aToken();
    await store.addUser(ann, token, 'root');
    expect(await store.findUser(ann.name)).toEqual(ann);
    expect(await store.users('biomed')).toContainEqual(ann);
    expect(await store.users('astro')).not.toContainEqual(ann);
    expect(await store.users(null)).toContainEqual(ann);
    expect(await store.callerOfToken(token.hash)).toEqual({ kind: 'user', ...ann });
    expect(await auditOf(ann.name)).toMatchObject([{ actor: 'root', action: 'user.add' }]);
  });

  it('is added once, into a VO that exists; a refusal leaves no trace', async () => {
    await store.addUser(ann, aToken(), 'root');
    const refused = aToken();
    await expect(store.addUser(ann, refused, 'root')).rejects.toMatchObject({ code: 'already-exists' });
    expect(await store.callerOfToken(refused.hash)).toBeUndefined();
    const stray = { ...ann, name: `${ann.name}x` };
    await expect(store.addUser({ ...stray, vo: 'nowhere' }, aToken(), 'root')).rejects.toMatchObject({
      code: 'unknown-vo',
    });
    await expect(store.addUser({ ...stray, vo: null }, aToken(), 'root')).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(await auditOf(stray.name)).toEqual([]);
    expect(await store.findUser(stray.name)).toBeUndefined();
  });

  it('is nobody any more once disabled', async () => {
    const token = aToken();
    await store.addUser(ann, token, 'root');
    await rows('disable', 'UPDATE person SET disabled_at = now() WHERE name = $1', [ann.name]);
    expect(await store.callerOfToken(token.hash)).toBeUndefined();
  });
});

describe('a personal token', () => {
  it('is worth nothing when unknown, expired or revoked', async () => {
    await store.addUser(ann, aToken(), 'root');
    const [expired, revoked] = [aToken(new Date(Date.now() - 1000)), aToken(new Date(Date.now() + 60_000))];
    await store.issueToken(ann.name, expired, 'root');
    const id = await store.issueToken(ann.name, revoked, ann.name);
    expect(await store.callerOfToken(aToken().hash)).toBeUndefined();
    expect(await store.callerOfToken(expired.hash)).toBeUndefined();
    expect(await store.callerOfToken(revoked.hash)).toBeDefined();
    await store.revokeToken(ann.name, id, ann.name);
    await store.revokeToken(ann.name, id, ann.name);
    expect(await store.callerOfToken(revoked.hash)).toBeUndefined();
    const actions = (await auditOf(ann.name)).map(({ action }) => action);
    expect(actions).toEqual(['user.add', 'token.issue', 'token.issue', 'token.revoke']);
  });

  it('belongs to its user: nobody else can name it', async () => {
    const id = await store.addUser(ann, aToken(), 'root');
    await expect(store.revokeToken('ben', id, 'ben')).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.revokeToken(ann.name, Number.NaN, 'ann')).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.issueToken('nobody', aToken(), 'root')).rejects.toMatchObject({ code: 'not-found' });
    expect((await store.tokens(ann.name))[0]).toMatchObject({ id, revokedAt: null });
  });

  it('notes its use, at most once a minute', async () => {
    const token = aToken();
    await store.addUser(ann, token, 'root');
    const lastUse = async () => (await store.tokens(ann.name))[0]!.lastUsedAt;
    expect(await lastUse()).toBeNull();
    await store.callerOfToken(token.hash);
    const first = await lastUse();
    expect(first).toBeInstanceOf(Date);
    await store.callerOfToken(token.hash);
    expect(await lastUse()).toEqual(first);
    await rows('age', `UPDATE personal_token SET last_used_at = now() - interval '61 s' WHERE person = $1`, [ann.name]);
    const aged = await lastUse();
    await store.callerOfToken(token.hash);
    expect((await lastUse())!.getTime()).toBeGreaterThan(aged!.getTime());
  });
});
