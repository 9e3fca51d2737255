import { setTimeout as pause } from 'node:timers/promises';
import { routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aRunningVm, type HandDrivenVm, startedJob } from './hand-driven-vm.fixture.ts';
import { aRunningApi, type RunningApi, refusalOf, submitOne } from './running-api.fixture.ts';

let running: RunningApi;
let vm: HandDrivenVm;
let job: Awaited<ReturnType<typeof startedJob>>;
beforeAll(async () => {
  running = await aRunningApi();
  vm = await aRunningVm(running);
});
afterAll(() => running.close());
beforeEach(async () => {
  await submitOne(running.as('ben'));
  job = await startedJob(vm);
});

const read = (query: { offset?: number; waitS?: number; attempt?: number } = {}, stream = 'stdout', by = 'bea') =>
  running.as(by as 'bea').call(routes.jobLog, {
    params: { id: String(job.jobId), stream },
    query,
    timeoutMs: 60_000,
  });
const send = (offset: number, text: string | Uint8Array) => vm.sendLog(job, offset, Buffer.from(text));

describe('the log of a job', () => {
  it('is read on from the offset that the last page gave', async () => {
    await send(0, 'one\n');
    await send(4, 'two\n');
    const first = await read();
    expect(first).toEqual({
      stream: 'stdout',
      attempt: 1,
      offset: 0,
      text: 'one\ntwo\n',
      nextOffset: 8,
      ended: false,
    });
    await send(8, 'three\n');
    expect(await read({ offset: first.nextOffset })).toMatchObject({ text: 'three\n', nextOffset: 14 });
    expect(await read({ offset: 5 })).toMatchObject({ text: 'wo\nthree\n' });
    await vm.end(job);
    expect(await read({ offset: 14 })).toMatchObject({ text: '', nextOffset: 14, ended: true });
  });

  it('is not changed by bytes that come twice, and stops at a gap', async () => {
    await send(0, 'abc');
    await send(0, 'abc');
    await send(10, 'later');
    expect(await read()).toMatchObject({ text: 'abc', nextOffset: 3 });
    await send(3, 'defghij');
    expect(await read()).toMatchObject({ text: 'abcdefghijlater', nextOffset: 15 });
    await vm.end(job);
  });

  it('never cuts a character in two while more may come', async () => {
    const bytes = Buffer.from('a€');
    await send(0, bytes.subarray(0, 2));
    expect(await read()).toMatchObject({ text: 'a', nextOffset: 1 });
    const waiting = read({ offset: 1, waitS: 40 });
    await pause(100);
    await send(2, bytes.subarray(2));
    expect(await waiting).toMatchObject({ text: '€', nextOffset: 4 });
    await vm.end(job);
  });

  it('ends even when it ends in the middle of a character', async () => {
    await send(0, Buffer.from('a€').subarray(0, 2));
    await vm.end(job);
    expect(await read()).toMatchObject({ text: 'a', nextOffset: 1 });
    expect(await read({ offset: 1, waitS: 40 })).toMatchObject({ text: '\ufffd', nextOffset: 2 });
    expect(await read({ offset: 2, waitS: 40 })).toMatchObject({ text: '', ended: true });
  });

  it('is waited for', async () => {
    const waiting = read({ waitS: 40 });
    await pause(100);
    await send(0, 'now');
    expect(await waiting).toMatchObject({ text: 'now' });
    const end = read({ offset: 3, waitS: 40 });
    await pause(100);
    await vm.end(job);
    expect(await end).toMatchObject({ text: '', ended: true });
  });

  it('is kept apart by stream and attempt', async () => {
    await send(0, 'first');
    await vm.sendLog(job, 0, Buffer.from('oops'), 'stderr');
    expect(await read({}, 'stderr')).toMatchObject({ text: 'oops' });
    await vm.end(job, { result: 'infrastructure', minor: 'Failed Downloading InputSandbox', exitCode: null });
    job = await startedJob(vm);
    expect(job.n).toBe(2);
    await send(0, 'second');
    expect(await read()).toMatchObject({ attempt: 2, text: 'second' });
    expect(await read({ attempt: 1 })).toMatchObject({ attempt: 1, text: 'first' });
    expect(await read({ attempt: 1, offset: 5 })).toMatchObject({ ended: true });
    await vm.end(job);
  });

  it('is not there for a stream, an attempt or a job that is not', async () => {
    expect(await refusalOf(read({}, 'stdlog'))).toMatchObject({ status: 404 });
    expect(await refusalOf(read({ attempt: 9 }))).toMatchObject({
      status: 404,
      detail: expect.stringContaining('newest is 1'),
    });
    expect(await refusalOf(read({}, 'stdout', 'art'))).toMatchObject({ status: 404 });
    await vm.end(job);
  });

  it('takes a megabyte at a time and no more', async () => {
    expect(await refusalOf(send(0, Buffer.alloc(1_048_577, 'x')))).toMatchObject({ status: 413, code: 'too-large' });
    await vm.end(job);
  });
});
