import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { Secret } from '@pilotfish/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../database.ts';
import { aDatabase } from '../identity/identity.fixture.ts';
import { rewrapAll } from './data-keys.ts';
import { keyring } from './key-wrap.ts';
import { postgresProxyStore } from './postgres-proxy-store.ts';
import { postgresTokenStore } from './postgres-token-store.ts';

let base: Awaited<ReturnType<typeof aDatabase>>;
beforeAll(async () => {
  base = await aDatabase();
});
afterAll(() => base.close());
beforeEach(() => rows('clear', 'TRUNCATE stored_proxy, stored_refresh_token, data_key, audit'));

const rows = (name: string, text: string, values: unknown[] = []) => base.db.rows(sql(name, text), values);
const [first, second] = [new Secret(randomBytes(32)), new Secret(randomBytes(32))];
const wrap = keyring('k1', { k1: first });
const proxies = (keys = wrap) => postgresProxyStore(base.db, keys);
const tokens = (keys = wrap) => postgresTokenStore(base.db, keys);

const NEEDLE = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
const ISSUER = 'https://aai.example.org';
const notAfter = new Date('2030-01-01T00:00:00Z');
const aProxy = (owner = 'ann', vo = 'biomed', text = `${NEEDLE} of ${owner}`) => ({
  vo,
  owner,
  subjectDn: `/CN=${owner}`,
  notAfter,
  pem: new Secret(text),
});
const aToken = (owner = 'ann', vo = 'biomed', issuer = ISSUER) => ({
  vo,
  owner,
  issuer,
  scopes: ['openid'],
  expiresAt: notAfter,
  refreshToken: new Secret(`${NEEDLE} of ${owner} at ${issuer}`),
});
const noOpening = { code: 'internal', message: expect.stringContaining('does not open') };

describe('a stored proxy', () => {
  it('comes back as it was lodged, the latest one, to its owner only', async () => {
    await proxies().lodge(aProxy('ann', 'biomed', 'old'));
    await proxies().lodge(aProxy());
    const found = await proxies().find('biomed', 'ann');
    expect(found).toEqual(aProxy());
    expect(found!.pem.reveal()).toBe(`${NEEDLE} of ann`);
    expect(await proxies().find('biomed', 'ben')).toBeUndefined();
    expect(await proxies().find('astro', 'ann')).toBeUndefined();
  });

  it('can be removed, and is listed before it ends without its text', async () => {
    await proxies().lodge(aProxy());
    const { pem: _pem, ...lodged } = aProxy();
    expect(await proxies().expiring(new Date(notAfter.getTime() + 1))).toEqual([lodged]);
    expect(await proxies().expiring(notAfter)).toEqual([]);
    expect(await proxies().remove('biomed', 'ann')).toBe(true);
    expect(await proxies().remove('biomed', 'ann')).toBe(false);
    expect(await proxies().find('biomed', 'ann')).toBeUndefined();
  });

  it('needs a VO', async () => {
    await expect(proxies().lodge(aProxy('ann', 'nowhere'))).rejects.toMatchObject({ code: 'unknown-vo' });
  });

  it('of two owners in exchanged rows opens for neither', async () => {
    await Promise.all([proxies().lodge(aProxy('ann')), proxies().lodge(aProxy('ben'))]);
    await rows(
      'swap',
      `UPDATE stored_proxy s SET sealed = o.sealed FROM stored_proxy o WHERE o.vo = s.vo AND o.owner <> s.owner`,
    );
    await expect(proxies().find('biomed', 'ann')).rejects.toMatchObject(noOpening);
    await expect(proxies().find('biomed', 'ben')).rejects.toMatchObject(noOpening);
  });

  it('carried into another VO opens neither with its own data key nor with that of the VO', async () => {
    await proxies().lodge(aProxy('ann', 'biomed'));
    await proxies().lodge(aProxy('ann', 'astro'));
    await rows(
      'carry',
      `UPDATE stored_proxy s SET sealed = o.sealed FROM stored_proxy o WHERE s.vo = 'astro' AND o.vo = 'biomed'`,
    );
    await expect(proxies().find('astro', 'ann')).rejects.toMatchObject(noOpening);
    await rows(
      'carry_id',
      `UPDATE stored_proxy s SET data_key = o.data_key FROM stored_proxy o WHERE s.vo = 'astro' AND o.vo = 'biomed'`,
    );
    await expect(proxies().find('astro', 'ann')).rejects.toMatchObject({ code: 'internal' });
    await rows(
      'carry_key',
      `UPDATE data_key k SET wrapped = o.wrapped FROM data_key o WHERE k.vo = 'astro' AND o.vo = 'biomed'`,
    );
    await rows('own_id', `UPDATE stored_proxy s SET data_key = k.id FROM data_key k WHERE k.vo = s.vo`);
    await expect(proxies().find('astro', 'ann')).rejects.toMatchObject(noOpening);
  });

  it('with a changed byte does not open', async () => {
    await proxies().lodge(aProxy());
    await rows('tamper', 'UPDATE stored_proxy SET sealed = set_byte(sealed, 40, get_byte(sealed, 40) # 1)');
    await expect(proxies().find('biomed', 'ann')).rejects.toMatchObject(noOpening);
  });

  it('lodged by many at once is sealed with one data key of the VO', async () => {
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map((owner) => proxies().lodge(aProxy(owner))));
    expect(await rows('keys', 'SELECT vo, wrapping_key FROM data_key')).toEqual([{ vo: 'biomed', wrapping_key: 'k1' }]);
    for (const owner of 'abcde') expect((await proxies().find('biomed', owner))?.pem).toBeDefined();
  });
});

describe('a stored refresh token', () => {
  it('comes back as it was lodged, per issuer', async () => {
    const [one, other] = [aToken(), { ...aToken('ann', 'biomed', 'https://other.example.org'), expiresAt: null }];
    await tokens().lodge(one);
    await tokens().lodge(other);
    expect(await tokens().find('biomed', 'ann', ISSUER)).toMatchObject(one);
    const found = await tokens().find('biomed', 'ann', other.issuer);
    expect(found).toMatchObject(other);
    expect(found!.refreshToken.reveal()).toBe(other.refreshToken.reveal());
    expect(await tokens().expiring(new Date(notAfter.getTime() + 1))).toMatchObject([{ issuer: ISSUER }]);
    expect(await tokens().remove('biomed', 'ann', ISSUER)).toBe(true);
    expect(await tokens().find('biomed', 'ann', ISSUER)).toBeUndefined();
  });

  it('that was rotated is saved once: who comes with an older one is told so', async () => {
    await tokens().lodge(aToken());
    const [mine, theirs] = [await tokens().find('biomed', 'ann', ISSUER), await tokens().find('biomed', 'ann', ISSUER)];
    const next = (text: string) => ({ refreshToken: new Secret(text), scopes: ['openid', 'x'], expiresAt: null });
    expect(await tokens().replace(mine!, next('rotated'))).toBe(true);
    expect(await tokens().replace(theirs!, next('late'))).toBe(false);
    const found = await tokens().find('biomed', 'ann', ISSUER);
    expect(found!.refreshToken.reveal()).toBe('rotated');
    expect(found).toMatchObject({ scopes: ['openid', 'x'], expiresAt: null });
    expect(await tokens().replace(found!, next('again'))).toBe(true);
  });

  it('under another issuer does not open', async () => {
    await tokens().lodge(aToken());
    await rows('other_issuer', `UPDATE stored_refresh_token SET issuer = 'https://evil.example.org'`);
    await expect(tokens().find('biomed', 'ann', 'https://evil.example.org')).rejects.toMatchObject(noOpening);
  });
});

it('nothing of a credential stands readable in the database, nor prints', async () => {
  await proxies().lodge(aProxy());
  await tokens().lodge(aToken());
  const everything = await rows(
    'everything',
    `SELECT encode(sealed, 'hex') AS hex FROM stored_proxy
     UNION ALL SELECT encode(sealed, 'hex') FROM stored_refresh_token UNION ALL SELECT encode(wrapped, 'hex') FROM data_key
     UNION ALL SELECT encode(convert_to(p::text, 'UTF8'), 'hex') FROM stored_proxy p
     UNION ALL SELECT encode(convert_to(t::text, 'UTF8'), 'hex') FROM stored_refresh_token t`,
  );
  const needles = [NEEDLE, Buffer.from(NEEDLE).toString('hex'), Buffer.from(NEEDLE).toString('base64').slice(0, 40)];
  const haystack = everything
    .flatMap(({ hex }) => [hex, Buffer.from(hex as string, 'hex').toString('latin1')])
    .join('\n');
  expect(haystack).toContain('/CN=ann');
  for (const needle of needles) expect(haystack).not.toContain(needle);
  expect(haystack).not.toContain(first.reveal().toString('hex'));
  const found = [await proxies().find('biomed', 'ann'), await tokens().find('biomed', 'ann', ISSUER)];
  expect(inspect(found) + JSON.stringify(found)).not.toContain(NEEDLE);
});

describe('the wrapping key', () => {
  it('gives the data key of a VO to that VO only', async () => {
    const wrapped = await wrap.wrap('biomed', new Secret(randomBytes(32)));
    expect((await wrap.unwrap('biomed', wrapped)).reveal()).toHaveLength(32);
    await expect(wrap.unwrap('astro', wrapped)).rejects.toMatchObject(noOpening);
  });

  it('is needed: another under the same id opens nothing, and a missing one is named', async () => {
    await proxies().lodge(aProxy());
    await expect(proxies(keyring('k1', { k1: second })).find('biomed', 'ann')).rejects.toMatchObject(noOpening);
    await expect(proxies(keyring('k2', { k2: second })).find('biomed', 'ann')).rejects.toThrow(
      'key “k1” is not configured',
    );
    await expect(proxies(keyring('k2', { k2: second })).lodge(aProxy())).rejects.toThrow('key “k1” is not configured');
  });

  it('is rotated by wrapping the data keys anew, without touching the credentials', async () => {
    await proxies().lodge(aProxy());
    await tokens().lodge(aToken('eve', 'astro'));
    const sealed = await rows('sealed', 'SELECT sealed FROM stored_proxy');
    const both = keyring('k2', { k1: first, k2: second });
    const counts = await Promise.all([rewrapAll(base.db, both, 'root'), rewrapAll(base.db, both, 'root')]);
    expect(counts[0]! + counts[1]!).toBe(2);
    expect(await rewrapAll(base.db, both, 'root')).toBe(0);
    expect(await rows('sealed', 'SELECT sealed FROM stored_proxy')).toEqual(sealed);
    const onlyNew = keyring('k2', { k2: second });
    expect((await proxies(onlyNew).find('biomed', 'ann'))!.pem.reveal()).toContain(NEEDLE);
    expect(await tokens(onlyNew).find('astro', 'eve', ISSUER)).toBeDefined();
    await expect(proxies().find('biomed', 'ann')).rejects.toThrow('key “k2” is not configured');
    expect(await rows('audited', `SELECT subject FROM audit WHERE action = 'data-key.rewrap' ORDER BY 1`)).toEqual([
      { subject: 'astro' },
      { subject: 'biomed' },
    ]);
  });
});
