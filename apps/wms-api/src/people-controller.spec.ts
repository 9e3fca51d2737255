import { routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunningApi, type RunningApi, refusalOf } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const DAY_MS = 86_400_000;
const ann = () => running.as('ann');
const operator = () => running.as('operator');
const add = (body: { name: string; vo?: string; role?: 'user' | 'vo-admin' | 'operator' }, by = ann()) =>
  by.call(routes.addUser, { body });
const issue = (name: string, by = ann()) => by.call(routes.issueToken, { params: { name }, body: { days: 7 } });

describe('users', () => {
  it('are seen by the administrators of their VO, and all of them by an operator', async () => {
    const names = async (by = ann()) => (await by.call(routes.listUsers, {})).users.map(({ name }) => name);
    expect(await names()).toEqual(['ann', 'bea', 'ben']);
    expect(await names(running.as('amy'))).toEqual(['amy', 'art']);
    expect(await names(operator())).toEqual(['amy', 'ann', 'art', 'bea', 'ben', 'operator']);
    expect(await refusalOf(running.as('ben').call(routes.listUsers, {}))).toMatchObject({ status: 403 });
  });

  it('get a first token that is good for ninety days', async () => {
    const { user, token, expiresAt } = await add({ name: 'bob', vo: 'biomed' });
    expect(user).toEqual({ name: 'bob', vo: 'biomed', group: 'users', role: 'user' });
    expect(await running.clientOf(token).call(routes.whoAmI, {})).toEqual(user);
    const { tokens } = await ann().call(routes.listTokens, { params: { name: 'bob' } });
    expect(tokens).toMatchObject([{ label: 'first', expiresAt }]);
    const days = (Date.parse(tokens[0]!.expiresAt!) - Date.parse(tokens[0]!.createdAt)) / DAY_MS;
    expect(Math.round(days)).toBe(90);
    expect(JSON.stringify(tokens)).not.toContain(token);
  });

  it('belong to the VO of the administrator who adds them, unless he is an operator', async () => {
    const { user, token } = await add({ name: 'bud' });
    running.secrets.add(token);
    expect(user.vo).toBe('biomed');
    expect(await refusalOf(add({ name: 'stray' }, operator()))).toMatchObject({ status: 400, code: 'bad-request' });
    expect(await refusalOf(add({ name: 'alien', vo: 'astro' }))).toMatchObject({ status: 403, code: 'wrong-vo' });
    expect(await refusalOf(add({ name: 'lost', vo: 'nowhere' }, operator()))).toMatchObject({
      status: 404,
      code: 'unknown-vo',
    });
  });

  it('have names of their own, and no more rights than who adds them', async () => {
    expect(await refusalOf(add({ name: 'ben' }))).toMatchObject({ status: 409, code: 'already-exists' });
    expect(await refusalOf(add({ name: 'boss', role: 'operator' }))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refusalOf(add({ name: 'Not A Name' }))).toMatchObject({
      status: 400,
      errors: [{ pointer: '#/name' }],
    });
  });
});

describe('tokens', () => {
  it('are issued and revoked by their user, his administrators and operators', async () => {
    for (const by of [running.as('ben'), ann(), operator()]) {
      const { id, token } = await issue('ben', by);
      const ben = running.clientOf(token);
      expect((await ben.call(routes.whoAmI, {})).name).toBe('ben');
      await by.call(routes.revokeToken, { params: { name: 'ben', id: String(id) } });
      expect(await refusalOf(ben.call(routes.whoAmI, {}))).toMatchObject({ status: 401 });
    }
  });

  it("are nobody else's business", async () => {
    expect(await refusalOf(issue('ben', running.as('bea')))).toMatchObject({ status: 403 });
    expect(await refusalOf(issue('ben', running.as('amy')))).toMatchObject({ status: 403, code: 'wrong-vo' });
    expect(await refusalOf(issue('operator'))).toMatchObject({ status: 403 });
    const looking = running.as('art').call(routes.listTokens, { params: { name: 'ben' } });
    expect(await refusalOf(looking)).toMatchObject({ status: 403 });
  });

  it('can not be revoked by the id of another', async () => {
    const { id } = await issue('bea');
    const foreign = running.as('ben').call(routes.revokeToken, { params: { name: 'ben', id: String(id) } });
    expect(await refusalOf(foreign)).toMatchObject({ status: 404 });
    const odd = running.as('ben').call(routes.revokeToken, { params: { name: 'ben', id: 'first' } });
    expect(await refusalOf(odd)).toMatchObject({ status: 404 });
    expect(await refusalOf(issue('nobody', operator()))).toMatchObject({ status: 404 });
  });

  it('live four hundred days at most', async () => {
    const long = ann().call(routes.issueToken, { params: { name: 'ann' }, body: { days: 401 } });
    expect(await refusalOf(long)).toMatchObject({ status: 400, errors: [{ pointer: '#/days' }] });
  });
});

describe('VOs', () => {
  it('are put by operators', async () => {
    const put = (by = operator()) =>
      by.call(routes.putVo, { params: { name: 'chem' }, body: { description: 'Molecules', weight: 2 } });
    expect(await put()).toEqual({ name: 'chem', description: 'Molecules', weight: 2 });
    expect(await refusalOf(put(ann()))).toMatchObject({ status: 403, code: 'forbidden' });
    const { vos } = await operator().call(routes.listVos, {});
    expect(vos.map(({ name }) => name)).toEqual(['astro', 'biomed', 'chem']);
  });
});
