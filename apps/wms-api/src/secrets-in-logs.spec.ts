// Nothing that opens a door stands in the log, at its most talkative and when things go wrong.
import { type Client, JWT_BEARER, routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aKeyPair, anAssertion, anOrderedVm, aRunningVm, type HandDrivenVm } from './hand-driven-vm.fixture.ts';
import { aRunningApi, type RunningApi, refusalOf } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const lines = () => running.logged.join('');

function expectClean(...secrets: readonly (string | null)[]): void {
  for (const secret of secrets) expect(lines().includes(secret!)).toBe(false);
}

async function loggedIn(name: string): Promise<{ token: string; client: Client }> {
  const { token } = await running.as('ann').call(routes.issueToken, { params: { name }, body: {} });
  return { token, client: running.clientOf(token) };
}

describe('the log of the service', () => {
  it('is written to in this test', () => {
    running.log.trace('a line of the test');
    expect(lines()).toContain('a line of the test');
  });

  it('has no personal token, neither a good one nor a revoked one', async () => {
    const { token, client } = await loggedIn('ben');
    await client.call(routes.listJobs, {});
    const { tokens } = await client.call(routes.listTokens, { params: { name: 'ben' } });
    await client.call(routes.revokeToken, { params: { name: 'ben', id: String(tokens.at(-1)!.id) } });
    await refusalOf(client.call(routes.listJobs, {}));
    expectClean(token, running.tokenOf('operator'), running.tokenOf('ann'));
  });

  it('has no activation key, assertion or token of a VM, not even after an alarm', async () => {
    const vm: HandDrivenVm = await aRunningVm(running);
    await refusalOf(vm.activate(aKeyPair()));
    expect(lines()).toContain('the VM is locked');
    const waiting = await anOrderedVm(running);
    const assertion = anAssertion(vm.vmId, vm.identity.privateKey);
    await refusalOf(vm.client.call(routes.workerToken, { body: { grant_type: JWT_BEARER, assertion } }));
    expectClean(vm.activationKey, waiting.activationKey, vm.token(), assertion);
  });

  it('has none when the inside of the service breaks', async () => {
    const vm = await aRunningVm(running);
    const { token, client } = await loggedIn('bea');
    const { reserveIds } = running.api.jobs;
    Object.assign(running.api.jobs, {
      reserveIds: () => Promise.reject(new Error('connect failed: postgresql://wms:hunter2-of-the-test@db/wms')),
    });
    try {
      const problem = await refusalOf(client.call(routes.submitJob, { body: { executable: '/bin/true' } }));
      expect(problem).toMatchObject({ status: 500, code: 'internal' });
      expect(JSON.stringify(problem)).not.toContain('connect failed');
      expect(lines()).toContain(problem.requestId);
    } finally {
      Object.assign(running.api.jobs, { reserveIds });
    }
    expect(lines()).toContain('connect failed');
    expectClean(token, vm.token(), vm.activationKey, 'hunter2-of-the-test');
  });
});
