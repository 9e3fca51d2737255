import { routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anOrderedVm, aRunningVm, startedJob } from './hand-driven-vm.fixture.ts';
import { aRunningApi, HERE, type RunningApi, refusalOf, SMALL, submitOne } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const ann = () => running.as('ann');
const amy = () => running.as('amy');
const operator = () => running.as('operator');
const putProfile = (by = ann(), more: object = {}, vo = 'biomed', name = 'large') =>
  by.call(routes.putProfile, { params: { vo, name }, body: { ...SMALL, ...more } });
const putEndpoint = (body: object, by = operator(), name = 'there') =>
  by.call(routes.putEndpoint, { params: { name }, body: body as typeof HERE });

describe('a profile', () => {
  it('gets a new version with every change, and is listed in its newest', async () => {
    expect(await putProfile()).toMatchObject({ vo: 'biomed', name: 'large', version: 1, idleS: 300 });
    expect(await putProfile(ann(), { idleS: 60 })).toMatchObject({ version: 2, idleS: 60 });
    const { profiles } = await running.as('ben').call(routes.listProfiles, {});
    expect(profiles.map(({ vo, name, version }) => [vo, name, version])).toEqual([
      ['biomed', 'large', 2],
      ['biomed', 'small', 1],
    ]);
  });

  it('is the business of the administrators of its VO', async () => {
    expect(await refusalOf(putProfile(amy()))).toMatchObject({ status: 403, code: 'wrong-vo' });
    expect(await refusalOf(putProfile(running.as('ben')))).toMatchObject({ status: 403, code: 'forbidden' });
    const deleting = amy().call(routes.deleteProfile, { params: { vo: 'biomed', name: 'small' } });
    expect(await refusalOf(deleting)).toMatchObject({ status: 403, code: 'wrong-vo' });
    const { profiles } = await amy().call(routes.listProfiles, { query: { vo: 'biomed' } });
    expect(profiles.map(({ vo }) => vo)).toEqual(['astro']);
  });

  it('is refused for an unknown VO, an unknown endpoint, and under a name that is none', async () => {
    expect(await refusalOf(putProfile(operator(), {}, 'nowhere'))).toMatchObject({ status: 404, code: 'unknown-vo' });
    expect(await refusalOf(putProfile(ann(), { endpoints: ['mars'] }))).toMatchObject({
      status: 404,
      detail: expect.stringContaining('mars'),
    });
    expect(await refusalOf(putProfile(ann(), {}, 'biomed', 'No Name'))).toMatchObject({ status: 400 });
  });

  it('takes only package names that can not read as anything else', async () => {
    expect(await putProfile(ann(), { packages: ['libgomp1', 'g++', 'python3=3.11.*'] })).toMatchObject({
      packages: ['libgomp1', 'g++', 'python3=3.11.*'],
    });
    for (const bad of ['-y', '--allow-downgrades', 'two words', 'naïve', 'tab\t', '']) {
      const problem = await refusalOf(putProfile(ann(), { packages: ['git', bad] }));
      expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '#/packages/1' }] });
    }
  });

  it('that is retired is gone, and an unknown one is told so', async () => {
    const params = { vo: 'biomed', name: 'short-lived' };
    await putProfile(ann(), {}, 'biomed', 'short-lived');
    await ann().call(routes.deleteProfile, { params });
    const { profiles } = await ann().call(routes.listProfiles, {});
    expect(profiles.map(({ name }) => name)).not.toContain('short-lived');
    for (const name of ['short-lived', 'never']) {
      const again = ann().call(routes.deleteProfile, { params: { ...params, name } });
      expect(await refusalOf(again)).toMatchObject({ status: 404, code: 'unknown-profile' });
    }
  });
});

describe('an endpoint', () => {
  it('is put by an operator and seen by all', async () => {
    expect(await putEndpoint({ ...HERE, site: 'away' })).toMatchObject({ name: 'there', site: 'away', vms: 0 });
    const { endpoints } = await running.as('art').call(routes.listEndpoints, {});
    expect(endpoints.map(({ name }) => name)).toEqual(['here', 'there']);
    expect(await refusalOf(putEndpoint(HERE, ann()))).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('is refused with settings that its driver does not take, or without a driver', async () => {
    const wrong = putEndpoint({ ...HERE, settings: { bootDelayS: -1, colour: 'red' } }, operator(), 'bad');
    const problem = await refusalOf(wrong);
    expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
    expect(problem.errors.map(({ pointer }) => pointer)).toContain('/settings/bootDelayS');
    const unheard = await refusalOf(putEndpoint({ ...HERE, kind: 'moon' }, operator(), 'bad'));
    expect(unheard).toMatchObject({ status: 400, errors: [{ pointer: '/kind' }] });
    const { endpoints } = await operator().call(routes.listEndpoints, {});
    expect(endpoints.map(({ name }) => name)).not.toContain('bad');
  });
});

describe('a VM', () => {
  it('is shown with why it was started, its life, its attempts and its pilot', async () => {
    const vm = await aRunningVm(running);
    const id = await submitOne(running.as('ben'));
    const job = await startedJob(vm);
    const shown = await running.as('ben').call(routes.showVm, { params: { id: vm.vmId } });
    expect(shown).toMatchObject({
      state: 'running',
      because: 'a test',
      jobs: 1,
      processorsBusy: 1,
      attempts: [{ jobId: id, n: 1, state: 'Running' }],
    });
    expect(shown.timeline.map(({ state }) => state)).toEqual(['ordered', 'booting', 'running']);
    const { pilots } = await ann().call(routes.listPilots, {});
    expect(pilots).toContainEqual(expect.objectContaining({ id: vm.pilotId, vmId: vm.vmId, current: true }));
    await vm.end(job);
  });

  it('is not there for another VO', async () => {
    const vm = await aRunningVm(running);
    const params = { id: vm.vmId };
    for (const call of [
      () => amy().call(routes.showVm, { params }),
      () => amy().call(routes.drainVm, { params, body: {} }),
      () => amy().call(routes.stopVm, { params, body: {} }),
    ]) {
      expect(await refusalOf(call())).toMatchObject({ status: 404, code: 'not-found' });
    }
    for (const query of [{}, { vo: 'biomed' }]) {
      const { vms } = await amy().call(routes.listVms, { query });
      expect(vms.filter(({ vo }) => vo !== 'astro')).toEqual([]);
    }
    const { pilots } = await amy().call(routes.listPilots, { query: { vo: 'biomed' } });
    expect(pilots).toEqual([]);
  });

  it('is drained and stopped by an administrator of its VO or an operator, not by a user', async () => {
    const vm = await aRunningVm(running);
    const params = { id: vm.vmId };
    expect(await refusalOf(running.as('ben').call(routes.drainVm, { params, body: {} }))).toMatchObject({
      status: 403,
    });
    expect(await ann().call(routes.drainVm, { params, body: { reason: 'new image' } })).toMatchObject({
      state: 'draining',
      retireReason: 'ann: new image',
    });
    const again = ann().call(routes.drainVm, { params, body: {} });
    expect(await refusalOf(again)).toMatchObject({ status: 409, code: 'illegal-state' });
    expect((await vm.ask()).assignments).toEqual([]);
    expect(await operator().call(routes.stopVm, { params, body: {} })).toMatchObject({ state: 'stopping' });
    const twice = operator().call(routes.stopVm, { params, body: {} });
    expect(await refusalOf(twice)).toMatchObject({ status: 409, code: 'illegal-state' });
  });

  it('that is stopped gives its jobs back to their queue', async () => {
    const vm = await aRunningVm(running);
    const id = await submitOne(running.as('ben'));
    const job = await startedJob(vm);
    await ann().call(routes.stopVm, { params: { id: vm.vmId }, body: {} });
    expect(await running.as('ben').call(routes.showJob, { params: { id: String(id) } })).toMatchObject({
      state: 'Waiting',
      attempts: [{ state: 'Lost' }],
    });
    expect(await refusalOf(vm.end(job))).toMatchObject({ code: 'stale-attempt' });
    await running.as('ben').call(routes.killJobs, { body: { ids: [id] } });
  });

  it('is listed by state, and after its end only when asked for', async () => {
    const vm = await anOrderedVm(running, 'astro');
    const ids = async (query: object) => (await amy().call(routes.listVms, { query })).vms.map(({ id }) => id);
    expect(await ids({ state: ['booting'] })).toEqual([vm.vmId]);
    await running.api.fleet.stop(vm.vmId, 'a test');
    const { calls } = await running.api.fleet.order([{ kind: 'terminate', vmId: vm.vmId, because: 'a test' }], {
      maxVmsPerVo: 100,
    });
    await running.api.fleet.terminated(calls[0]!, 'bye');
    expect(await ids({})).toEqual([]);
    expect(await ids({ all: false })).toEqual([]);
    expect(await ids({ all: true })).toEqual([vm.vmId]);
    expect(await amy().call(routes.showVm, { params: { id: vm.vmId } })).toMatchObject({ consoleTail: 'bye' });
  });

  it('needs an id that is one', async () => {
    expect(await refusalOf(ann().call(routes.showVm, { params: { id: 'vm-1' } }))).toMatchObject({ status: 404 });
  });
});

describe('the director', () => {
  it('shows its orders and its plan, each only as far as the caller may see', async () => {
    await anOrderedVm(running);
    await submitOne(running.as('ben'));
    const { actions } = await operator().call(routes.directorLog, {});
    expect(actions).toContainEqual(expect.objectContaining({ kind: 'launch', vo: 'biomed', because: 'a test' }));
    const hers = await amy().call(routes.directorLog, {});
    expect(hers.actions.filter(({ vo }) => vo !== 'astro')).toEqual([]);
    expect((await operator().call(routes.planDryRun, {})).at).toMatch(/Z$/);
    expect((await amy().call(routes.planDryRun, {})).actions.filter(({ vo }) => vo !== 'astro')).toEqual([]);
  });
});
