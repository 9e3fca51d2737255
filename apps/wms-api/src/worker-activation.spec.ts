// The first words of a VM: activation by its one-time key, and tokens for its own signature.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiError, Client, JWT_BEARER, routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activation, aKeyPair, anAssertion, anOrderedVm, aRunningVm } from './hand-driven-vm.fixture.ts';
import { aRunningApi, type RunningApi, refusalOf } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const stranger = () => new Client({ url: running.url });
const shown = (id: string) => running.as('ann').call(routes.showVm, { params: { id } });

describe('activation', () => {
  it('binds the VM to its key and briefs it', async () => {
    const vm = await anOrderedVm(running);
    const brief = await vm.activate();
    expect(brief).toMatchObject({
      vmId: vm.vmId,
      vo: 'biomed',
      profile: 'small',
      endpoint: 'here',
      capacity: { processors: 4, memoryMb: 8192 },
      beatS: 30,
    });
    expect(await shown(vm.vmId)).toMatchObject({ state: 'running', locked: false });
  });

  it('answers the same key again in the same way, since the first answer may have got lost', async () => {
    const vm = await anOrderedVm(running);
    const brief = await vm.activate();
    expect(await vm.activate()).toEqual(brief);
    await vm.logIn();
    expect(await vm.client.call(routes.workerBrief, {})).toEqual(brief);
  });

  it('by a second key raises the alarm: the VM is locked and its tokens are worth nothing', async () => {
    const vm = await aRunningVm(running);
    const problem = await refusalOf(vm.activate(aKeyPair()));
    expect(problem).toMatchObject({ status: 403, code: 'vm-locked' });
    expect(await shown(vm.vmId)).toMatchObject({ locked: true });
    expect(await refusalOf(vm.client.call(routes.workerBrief, {}))).toMatchObject({ status: 401 });
    expect(await refusalOf(vm.ask())).toMatchObject({ status: 401 });
    expect(await refusalOf(vm.logIn())).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await refusalOf(vm.activate())).toMatchObject({ status: 403, code: 'activation-refused' });
    expect(running.logged.filter((line) => line.includes(vm.vmId) && line.includes('"error"'))).toHaveLength(1);
  });

  it('is refused in the same words whatever is wrong, so that a stranger learns nothing', async () => {
    const waiting = await anOrderedVm(running);
    const late = await anOrderedVm(running, 'biomed', 0.001);
    await pause(20);
    const mine = aKeyPair();
    const other = aKeyPair();
    const wrongKey = 'k'.repeat(43);
    const proofOfOther = { ...activation(waiting.vmId, waiting.activationKey, mine), publicKey: other.publicKey };
    const details = [];
    for (const body of [
      activation(randomUUID(), wrongKey, mine),
      activation(waiting.vmId, wrongKey, mine),
      activation(late.vmId, late.activationKey, mine),
      proofOfOther,
    ]) {
      const problem = await refusalOf(stranger().call(routes.activateVm, { body }));
      expect(problem).toMatchObject({ status: 403, code: 'activation-refused', errors: [] });
      details.push(problem.detail);
    }
    expect(new Set(details).size).toBe(1);
    expect((await waiting.activate()).vmId).toBe(waiting.vmId);
  });

  it('tells what does not fit the contract', async () => {
    const body = { vmId: 'vm-1', activationKey: 'short', publicKey: '', proof: '' };
    const problem = await refusalOf(stranger().call(routes.activateVm, { body }));
    expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
    expect(problem.errors.map(({ pointer }) => pointer)).toEqual(['#/vmId', '#/activationKey']);
  });
});

describe('a token for a VM', () => {
  const token = (assertion: string) =>
    stranger().call(routes.workerToken, { body: { grant_type: JWT_BEARER, assertion } });

  it('is given for an assertion signed by its key', async () => {
    const vm = await anOrderedVm(running);
    await vm.activate();
    const reply = await token(anAssertion(vm.vmId, vm.identity.privateKey));
    expect(reply).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
    running.secrets.add(reply.access_token);
  });

  it('is refused for any other assertion, always in the same words', async () => {
    const vm = await aRunningVm(running);
    const idle = await anOrderedVm(running);
    const problems = [];
    for (const assertion of [
      'nonsense',
      anAssertion(vm.vmId, aKeyPair().privateKey),
      anAssertion(vm.vmId, vm.identity.privateKey, 'another-audience'),
      anAssertion(idle.vmId, idle.identity.privateKey),
      anAssertion(randomUUID(), vm.identity.privateKey),
    ]) {
      problems.push(await refusalOf(token(assertion)));
    }
    expect(problems.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(new Set(problems.map(({ detail }) => detail)).size).toBe(1);
  });

  it('is worth nothing a second after the VM has gone', async () => {
    const vm = await aRunningVm(running);
    await running.as('ann').call(routes.stopVm, { params: { id: vm.vmId }, body: {} });
    expect(await vm.beat()).toMatchObject({ vm: 'halt' });
    const { calls } = await running.api.fleet.order([{ kind: 'terminate', vmId: vm.vmId, because: 'a test' }], {
      maxVmsPerVo: 100,
    });
    await running.api.fleet.take(calls[0]!);
    await running.api.fleet.terminated(calls[0]!, '');
    expect(await refusalOf(vm.logIn())).toMatchObject({ status: 401 });
    await expect.poll(() => vm.beat().then(() => 200, statusOf), { timeout: 5000 }).toBe(401);
  });
});

const statusOf = (error: unknown): number => (error instanceof ApiError ? error.problem.status : 0);
