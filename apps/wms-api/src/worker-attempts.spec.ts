// What a pilot may do with attempts: only with its own open ones, and the same word twice changes nothing.
import { createHash, randomUUID } from 'node:crypto';
import { routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aRunningVm, type HandDrivenVm, keyOf, startedJob } from './hand-driven-vm.fixture.ts';
import { aRunningApi, type RunningApi, refusalOf, submitOne } from './running-api.fixture.ts';

let running: RunningApi;
let vm: HandDrivenVm;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());
beforeEach(async () => {
  vm = await aRunningVm(running);
});

const ben = () => running.as('ben');
const show = (id: number) => ben().call(routes.showJob, { params: { id: String(id) } });

describe('an ask', () => {
  it('gives what runs there, with all that the pilot needs', async () => {
    const body = { executable: '/bin/echo', arguments: ['x'], name: 'said', resources: { processors: 2 } };
    const { ids } = await ben().call(routes.submitJob, { body });
    const { assignments } = await vm.ask();
    expect(assignments).toMatchObject([
      { jobId: ids[0], n: 1, name: 'said', owner: 'ben', granted: { processors: 2 }, payload: { arguments: ['x'] } },
    ]);
    expect(await show(ids[0]!)).toMatchObject({ state: 'Matched', attempt: 1 });
    await vm.end(assignments[0]!);
  });

  it('with the same id gives the same attempts, and no others', async () => {
    const askId = randomUUID();
    await submitOne(ben());
    const first = await vm.ask({ askId, limit: 1 });
    const second = await submitOne(ben());
    expect(await vm.ask({ askId, limit: 1 })).toEqual(first);
    expect(await show(second)).toMatchObject({ state: 'Waiting' });
    const next = await vm.ask({ limit: 1 });
    expect(next.assignments.map(({ jobId }) => jobId)).toEqual([second]);
    await vm.end(first.assignments[0]!);
    await vm.end(next.assignments[0]!);
  });

  it('never gives a job of another VO', async () => {
    const id = await submitOne(running.as('art'));
    expect((await vm.ask()).assignments).toEqual([]);
    const own = await aRunningVm(running, 'astro');
    expect((await own.ask()).assignments.map(({ jobId }) => jobId)).toEqual([id]);
  });

  it('needs a pilot id that is a UUID', async () => {
    const asking = vm.client.call(routes.ask, {
      params: { pilotId: 'pilot' },
      body: {
        askId: randomUUID(),
        total: { processors: 1, memoryMb: 1, diskMb: 1, gpus: 0 },
        free: { processors: 1, memoryMb: 1, diskMb: 1, gpus: 0 },
        platforms: [],
        limit: 1,
        waitS: 0,
      },
    });
    expect(await refusalOf(asking)).toMatchObject({ status: 400, code: 'bad-request' });
  });
});

describe('an attempt', () => {
  it('goes through its phases to its end, and the same end again is no error', async () => {
    const id = await submitOne(ben());
    const job = await startedJob(vm);
    expect(await show(id)).toMatchObject({ state: 'Running', minor: 'Application' });
    await vm.phase(job, 'completing');
    expect(await show(id)).toMatchObject({ state: 'Completing' });
    await vm.end(job);
    await vm.end(job);
    expect(await show(id)).toMatchObject({ state: 'Done', exitCode: 0, attempts: [{ n: 1, state: 'Done' }] });
    const { events } = await ben().call(routes.jobHistory, { params: { id: String(id) } });
    expect([...new Set(events.map(({ state }) => state))].filter((state) => state !== 'Completing')).toEqual([
      'Received',
      'Waiting',
      'Matched',
      'Running',
      'Done',
    ]);
    expect(events.at(-1)).toMatchObject({ state: 'Done', minor: 'Execution Complete', source: 'pilot', attempt: 1 });
  });

  it('that has ended takes no other end', async () => {
    const id = await submitOne(ben());
    const job = await startedJob(vm);
    await vm.end(job, { result: 'failed', minor: 'Application Finished With Errors', exitCode: 3 });
    expect(await refusalOf(vm.end(job))).toMatchObject({ status: 409, code: 'stale-attempt' });
    expect(await show(id)).toMatchObject({ state: 'Failed', exitCode: 3 });
  });

  it('that its job has left behind is stale in all its words', async () => {
    const id = await submitOne(ben());
    const job = await startedJob(vm);
    await vm.end(job, { result: 'infrastructure', minor: 'Failed Downloading InputSandbox', exitCode: null });
    const again = await startedJob(vm);
    expect([again.jobId, again.n]).toEqual([id, 2]);
    expect(await refusalOf(vm.end(job))).toMatchObject({ status: 409, code: 'stale-attempt' });
    expect(await refusalOf(vm.phase(job, 'running'))).toMatchObject({ status: 409, code: 'stale-attempt' });
    const bytes = Buffer.from('late');
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    const late = vm.client.call(routes.putOutput, { params: { ...keyOf(job), digest }, body: bytes });
    expect(await refusalOf(late)).toMatchObject({ status: 409, code: 'stale-attempt' });
    await vm.end(again);
    expect(await show(id)).toMatchObject({ state: 'Done', attempt: 2 });
  });

  it("can't be written to by another VM, of the same VO or not", async () => {
    const id = await submitOne(ben());
    const job = await startedJob(vm);
    for (const vo of ['biomed', 'astro']) {
      const other = await aRunningVm(running, vo);
      for (const call of [
        () => other.phase(job, 'completing'),
        () => other.sendLog(job, 0, Buffer.from('forged')),
        () => other.end(job),
        () => other.client.call(routes.putOutput, { params: { ...keyOf(job), digest: EMPTY }, body: Buffer.alloc(0) }),
      ]) {
        expect(await refusalOf(call())).toMatchObject({ status: 409, code: 'stale-attempt' });
      }
    }
    expect(await show(id)).toMatchObject({ state: 'Running' });
    await vm.end(job);
  });

  it('ends even when its report holds what the database can not', async () => {
    const id = await submitOne(ben());
    const job = await startedJob(vm);
    await vm.phase(job, 'running', 'Appli\u0000cation');
    await vm.end(job, { result: 'failed', minor: 'Exited\u0000', reason: 'said \u0000', exitCode: 1 });
    expect(await show(id)).toMatchObject({ state: 'Failed', minor: 'Exited', attempts: [{ reason: 'said ' }] });
  });

  it.each(['0', '1.5', '0x1', '-1', '99999999999', 'one'])('has no number like %s', async (n) => {
    const call = vm.client.call(routes.attemptPhase, {
      params: { id: '1', n },
      body: { phase: 'running', minor: '' },
    });
    expect(await refusalOf(call)).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('of a killed job is to be stopped, and ends as killed', async () => {
    const id = await submitOne(ben());
    const job = await startedJob(vm);
    await ben().call(routes.killJobs, { body: { ids: [id], reason: 'wrong data' } });
    const { stop } = await vm.beat([{ jobId: id, n: 1, phase: 'running' }]);
    expect(stop).toEqual([{ jobId: id, n: 1, reason: 'wrong data' }]);
    await vm.end(job, { result: 'killed', minor: 'Received Kill signal', exitCode: null });
    expect(await show(id)).toMatchObject({ state: 'Killed', killReason: 'wrong data' });
  });
});

describe('an input sandbox', () => {
  it('is readable for the VM that holds an attempt with it, and for no other', async () => {
    const bytes = Buffer.from(`sandbox ${randomUUID()}`);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await ben().call(routes.putSandbox, { params: { digest }, body: bytes });
    await ben().call(routes.submitJob, { body: { executable: '/bin/true', inputSandbox: digest } });
    const other = await aRunningVm(running);
    const read = (by: HandDrivenVm) => by.client.bytes(routes.workerSandbox, { params: { digest } });
    expect(await refusalOf(read(vm))).toMatchObject({ status: 404, code: 'not-found' });
    const job = await startedJob(vm);
    expect(Buffer.from(await read(vm)).toString()).toBe(bytes.toString());
    expect(await refusalOf(read(other))).toMatchObject({ status: 404, code: 'not-found' });
    await vm.end(job);
    expect(await refusalOf(read(vm))).toMatchObject({ status: 404 });
  });
});

describe('a VM that wants to halt', () => {
  it('may only when nothing is open on it', async () => {
    await submitOne(ben());
    const job = await startedJob(vm);
    const halt = () => vm.client.call(routes.haltVm, { body: { reason: 'idle' } });
    expect(await halt()).toEqual({ halt: false });
    await vm.end(job);
    expect(await halt()).toEqual({ halt: true });
    expect((await vm.ask()).assignments).toEqual([]);
  });
});

const EMPTY = `sha256:${createHash('sha256').digest('hex')}`;
