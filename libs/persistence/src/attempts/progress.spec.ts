import type { JobId } from '@pilotfish/model';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { aWorld, report, type TestVm, type World } from '../world.fixture.ts';

let world: World;
let vm: TestVm;
let id: JobId;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.jobs.kill({}, 'cleared', 'a test');
  vm = await world.startVm();
  [id] = (await world.submit(1)) as [JobId];
  await world.claim(vm, 1);
});
const key = () => world.keyOf(vm, { jobId: id, n: 1 });
const append = (offset: number, text: string) => world.attempts.appendLog(key(), 'stdout', offset, Buffer.from(text));
const read = async (offset = 0) => {
  const { bytes, ended } = await world.jobs.log(id, 1, 'stdout', offset);
  return [bytes.toString(), ended];
};

it('a gap ends what can be read until it is filled', async () => {
  await append(0, 'abc');
  await append(6, 'ghi');
  expect(await read()).toEqual(['abc', false]);
  expect(await read(3)).toEqual(['', false]);
  await append(3, 'def');
  expect(await read()).toEqual(['abcdefghi', false]);
  expect(await read(7)).toEqual(['hi', false]);
});

it('a piece sent again, longer or shorter, adds nothing twice', async () => {
  await append(0, 'abc');
  await append(0, 'abcdef');
  await append(0, 'ab');
  await append(2, 'cd');
  await append(4, 'efgh');
  expect(await read()).toEqual(['abcdefgh', false]);
});

it('the log is at its end when the attempt is over and all of it was read', async () => {
  await append(0, 'abc');
  await world.attempts.outcome(key(), report('done'));
  expect(await read()).toEqual(['abc', false]);
  expect(await read(3)).toEqual(['', true]);
  expect(await append(3, 'late')).toBe('accepted');
  expect(await read(3)).toEqual(['late', false]);
});

it('the log of a job that never began ends with the job', async () => {
  const [other] = await world.submit(1);
  expect(await world.jobs.log(other!, 1, 'stdout', 0)).toMatchObject({ ended: false });
  await world.jobs.kill({ ids: [other!] }, '', 'ada');
  expect(await world.jobs.log(other!, 1, 'stdout', 0)).toMatchObject({ ended: true });
});

it('nobody else may write it', async () => {
  const other = await world.startVm();
  const theirs = { ...key(), vmId: other.id };
  expect(await world.attempts.appendLog(theirs, 'stdout', 0, Buffer.from('x'))).toBe('stale');
  expect(await read()).toEqual(['', false]);
});

it('any pieces of a text, in any order and overlapping, never read as anything but its beginning', async () => {
  const text = 'abcdefghijklmnopqrstuvwxyz';
  const piece = fc.tuple(fc.nat(text.length - 1), fc.integer({ min: 1, max: text.length }));
  let stream = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), fc.nat(text.length), async (pieces, offset) => {
      const n = ++stream;
      await world.read(
        `INSERT INTO job_log SELECT $1, $2, 'stderr', t.s, max(t.b) FROM unnest($3::bigint[], $4::bytea[]) AS t(s, b) GROUP BY t.s`,
        [
          id,
          n,
          pieces.map(([start]) => start),
          pieces.map(([start, length]) => Buffer.from(text.slice(start, start + length))),
        ],
      );
      const { bytes } = await world.jobs.log(id, n, 'stderr', offset);
      expect(text.slice(offset).startsWith(bytes.toString())).toBe(true);
      const covered = (at: number) => pieces.some(([start, length]) => start <= at && at < start + length);
      let end = offset;
      while (end < text.length && covered(end)) end++;
      expect(offset + bytes.length).toBe(end);
    }),
    { numRuns: 40 },
  );
});

it('a VM reads only the sandboxes of jobs that it runs', async () => {
  const digest = `sha256:${'a'.repeat(64)}` as never;
  const { payload } = await world.job(id);
  const [mine] = await world.submit(1, { payload: { ...payload, inputSandbox: digest } });
  expect(await world.attempts.mayReadSandbox(vm.id, digest)).toBe(false);
  const [claimed] = await world.claim(vm, 1);
  expect(claimed!.jobId).toBe(mine);
  expect(await world.attempts.mayReadSandbox(vm.id, digest)).toBe(true);
  await world.attempts.outcome(world.keyOf(vm, claimed!), report('done'));
  expect(await world.attempts.mayReadSandbox(vm.id, digest)).toBe(false);
});
