// Calls that wait: answered at once when there is news, at the end of their time, and when the service stops.
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { type Assignment, routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunningVm, type HandDrivenVm, startedJob } from './hand-driven-vm.fixture.ts';
import { aRunningApi, type RunningApi, submitOne } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

/** Far longer than any test may last: an answer before it came for another reason. */
const LONG_S = 50;
const ben = () => running.as('ben');
const kill = (id: number) => ben().call(routes.killJobs, { body: { ids: [id] } });

const instructions = (vm: HandDrivenVm, version: number, waitS: number) =>
  vm.client.call(routes.awaitInstructions, { query: { version, waitS }, timeoutMs: 60_000 });

/** Lets a call reach the place where it is held. */
const settle = () => pause(150);

describe('a held ask', () => {
  it('is answered when a job is submitted', async () => {
    const vm = await aRunningVm(running);
    const asked = vm.ask({ waitS: LONG_S });
    await settle();
    const id = await submitOne(ben());
    const { assignments } = await asked;
    expect(assignments.map(({ jobId, n }) => [jobId, n])).toEqual([[id, 1]]);
    await vm.end(assignments[0]!);
  });

  it('ends with its time when nothing comes', async () => {
    const vm = await aRunningVm(running, 'astro');
    expect((await vm.ask({ waitS: 1 })).assignments).toEqual([]);
  });

  it('claims nothing once the pilot has hung up', async () => {
    const vm = await aRunningVm(running, 'astro');
    const hangUp = new AbortController();
    const asked = vm.ask({ waitS: LONG_S, signal: hangUp.signal });
    await settle();
    hangUp.abort();
    await expect(asked).rejects.toThrow();
    await settle();
    const id = await submitOne(running.as('art'));
    await pause(1300);
    expect(await running.as('art').call(routes.showJob, { params: { id: String(id) } })).toMatchObject({
      state: 'Waiting',
      attempt: 0,
    });
    const { assignments } = await vm.ask();
    expect(assignments.map(({ jobId }) => jobId)).toEqual([id]);
  });
});

describe('held instructions', () => {
  let vm: HandDrivenVm;
  let job: Assignment;
  beforeAll(async () => {
    vm = await aRunningVm(running);
    await submitOne(ben());
    job = await startedJob(vm);
  });

  it('return at once when a job of the VM is killed', async () => {
    const { version } = await instructions(vm, 0, 0);
    const held = instructions(vm, version, LONG_S);
    await settle();
    await kill(job.jobId);
    const news = await held;
    expect(news.version).toBeGreaterThan(version);
    expect(news).toMatchObject({ vm: 'go-on', stop: [{ jobId: job.jobId, n: job.n }] });
  });

  it('return at once when the VM is drained', async () => {
    const { version } = await instructions(vm, 0, 0);
    const held = instructions(vm, version, LONG_S);
    await settle();
    await running.as('ann').call(routes.drainVm, { params: { id: vm.vmId }, body: {} });
    expect(await held).toMatchObject({ vm: 'drain' });
  });

  it('give what is new already without waiting', async () => {
    expect((await instructions(vm, 0, LONG_S)).vm).toBe('drain');
  });
});

describe('a job that is waited for', () => {
  it('is shown at its end', async () => {
    const vm = await aRunningVm(running);
    const id = await submitOne(ben());
    const seen = ben().call(routes.showJob, {
      params: { id: String(id) },
      query: { waitS: LONG_S },
      timeoutMs: 60_000,
    });
    const job = await startedJob(vm);
    await vm.end(job);
    expect(await seen).toMatchObject({ state: 'Done', exitCode: 0 });
  });

  it('is shown at its next change when asked so', async () => {
    const id = await submitOne(ben());
    const seen = ben().call(routes.showJob, {
      params: { id: String(id) },
      query: { waitS: LONG_S, until: 'change' },
      timeoutMs: 60_000,
    });
    await settle();
    await kill(id);
    expect(await seen).toMatchObject({ state: 'Killed' });
  });
});

describe('a service that stops', () => {
  it('answers what it holds and is gone', async () => {
    const other = await aRunningApi();
    const vm = await aRunningVm(other);
    const id = await submitOne(other.as('art'));
    const held = [
      vm.ask({ waitS: LONG_S }).then(({ assignments }) => assignments.length),
      instructions(vm, 1_000_000, LONG_S).then(({ vm: verb }) => verb),
      other
        .as('art')
        .call(routes.showJob, { params: { id: String(id) }, query: { waitS: LONG_S }, timeoutMs: 60_000 })
        .then(({ state }) => state),
    ];
    await settle();
    await other.stop();
    expect(await Promise.all(held)).toEqual([0, 'go-on', 'Waiting']);
    await other.close();
  });

  it('does not wait for a request that never arrives whole', async () => {
    const other = await aRunningApi();
    const headers = { authorization: `Bearer ${other.tokenOf('ben')}`, 'content-type': 'application/json' };
    const half = request(`${other.url}/api/v1/jobs`, { method: 'POST', headers });
    half.on('error', () => undefined);
    half.write('{"executable": ');
    await settle();
    await other.stop();
    await other.close();
  });
});
