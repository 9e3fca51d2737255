import { routes } from '@pilotfish/api-contract';
import { makePersonalToken } from '@pilotfish/identity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunningVm } from '../hand-driven-vm.fixture.ts';
import { aRunningApi, type RunningApi, refusalOf } from '../running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const me = (token: string | null) => running.clientOf(token).call(routes.whoAmI, {});

describe('the gate in front of every call', () => {
  it('lets a personal token in as its user', async () => {
    expect(await running.as('ben').call(routes.whoAmI, {})).toEqual({
      name: 'ben',
      vo: 'biomed',
      group: 'users',
      role: 'user',
    });
  });

  it('refuses a call without a token as a problem that names the remedy', async () => {
    const response = await fetch(`${running.url}/api/v1/me`);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({
      type: 'urn:pilotfish:problem:unauthenticated',
      status: 401,
      code: 'unauthenticated',
      instance: '/api/v1/me',
      detail: expect.stringContaining('wms login'),
      requestId: expect.stringMatching(/./),
    });
  });

  it.each([
    ['nonsense', 'x'],
    ['a token nobody has', makePersonalToken().token.reveal()],
    ['something that looks like a JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'],
  ])('refuses %s', async (_, token) => {
    expect(await refusalOf(me(token))).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('refuses a token that has expired', async () => {
    const { token, hash } = makePersonalToken();
    const issued = { hash, label: 'old', expiresAt: new Date(Date.now() - 1000) };
    await running.api.people.issueToken('ben', issued, 'test');
    expect(await refusalOf(me(token.reveal()))).toMatchObject({
      status: 401,
      detail: expect.stringContaining('expired'),
    });
  });

  it('refuses a token from the moment it is revoked', async () => {
    const ben = running.as('ben');
    const { id, token } = await ben.call(routes.issueToken, { params: { name: 'ben' }, body: {} });
    expect((await me(token)).name).toBe('ben');
    await ben.call(routes.revokeToken, { params: { name: 'ben', id: String(id) } });
    expect(await refusalOf(me(token))).toMatchObject({ status: 401 });
  });

  it('refuses a role that has no such permission, by name', async () => {
    const putting = running.as('ben').call(routes.putVo, { params: { name: 'mine' }, body: {} });
    expect(await refusalOf(putting)).toMatchObject({
      status: 403,
      code: 'forbidden',
      detail: expect.stringContaining('people.manage'),
    });
  });

  it("keeps a VM's token off the calls of users, and a user's off the worker door", async () => {
    const vm = await aRunningVm(running);
    expect(await refusalOf(vm.client.call(routes.listJobs, {}))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await refusalOf(vm.client.call(routes.whoAmI, {}))).toMatchObject({ status: 403 });
    for (const name of ['ben', 'operator'] as const) {
      expect(await refusalOf(running.as(name).call(routes.workerBrief, {}))).toMatchObject({ status: 403 });
    }
  });

  it("lets no token of one service into another: worker tokens hang on this one's master key", async () => {
    const other = await aRunningApi();
    try {
      const vm = await aRunningVm(other);
      const here = running.clientOf(vm.token());
      expect(await refusalOf(here.call(routes.workerBrief, {}))).toMatchObject({ status: 401 });
    } finally {
      await other.close();
    }
  });
});
