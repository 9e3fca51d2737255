import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariants.ts';
import { aWorld, report, type TestVm, type World } from '../world.fixture.ts';

let world: World;
let vm: TestVm;
beforeAll(async () => {
  world = await aWorld();
});
afterAll(async () => {
  expect(await brokenInvariants(world.db)).toEqual([]);
  await world.close();
});
beforeEach(async () => {
  await world.jobs.kill({}, 'cleared', 'a test');
  vm = await world.startVm();
});

async function claimedJob() {
  const [id] = await world.submit(1);
  const [claimed] = await world.claim(vm, 1);
  return { id: id!, key: world.keyOf(vm, claimed!) };
}

it('the first end counts, the same end again is no error, another one is stale', async () => {
  const { id, key } = await claimedJob();
  await world.attempts.phase(key, 'running', 'Application', undefined);
  expect(await world.attempts.outcome(key, report('done'))).toBe('accepted');
  expect(await world.job(id)).toMatchObject({ state: 'Done', exitCode: 0, startedAt: expect.any(Date) });
  expect(await world.attempts.outcome(key, report('done'))).toBe('repeated');
  expect(await world.attempts.outcome(key, report('failed'))).toBe('stale');
  expect(await world.job(id)).toMatchObject({ state: 'Done', exitCode: 0 });
  expect(await world.jobs.attempts(id)).toMatchObject([{ state: 'Done', cpuS: 1, maxRssMb: 10, endpoint: 'here' }]);
});

it('an end sent twice at the same time is accepted once', async () => {
  const { key } = await claimedJob();
  const answers = await Promise.all([1, 2, 3].map(() => world.attempts.outcome(key, report('done'))));
  expect(answers.sort()).toEqual(['accepted', 'repeated', 'repeated']);
});

it('an end from another VM, of an unknown attempt or of a former one is stale', async () => {
  const { id, key } = await claimedJob();
  const other = await world.startVm();
  expect(await world.attempts.outcome({ ...key, vmId: other.id }, report('done'))).toBe('stale');
  expect(await world.attempts.outcome({ ...key, n: 2 }, report('done'))).toBe('stale');
  await world.attempts.outcome(key, report('infrastructure'));
  await world.claim(other, 1);
  expect(await world.attempts.outcome(key, report('done'))).toBe('stale');
  expect(await world.attempts.outcome(key, report('infrastructure'))).toBe('repeated');
  expect(await world.job(id)).toMatchObject({ state: 'Matched', attempt: 2 });
});

describe('a kill and an end', () => {
  it('done before the kill stays Done', async () => {
    const { id, key } = await claimedJob();
    await world.attempts.outcome(key, report('done'));
    expect((await world.jobs.kill({ ids: [id] }, '', 'ada')).refused).toHaveLength(1);
    expect(await world.job(id)).toMatchObject({ state: 'Done', killReason: null });
  });

  it('killed before it was done: what the payload reached first counts', async () => {
    const { id, key } = await claimedJob();
    await world.jobs.kill({ ids: [id] }, '', 'ada');
    await world.attempts.outcome(key, report('done'));
    expect(await world.job(id)).toMatchObject({ state: 'Done' });
  });

  it('a killed job whose node failed is Killed, never requeued', async () => {
    const { id, key } = await claimedJob();
    await world.jobs.kill({ ids: [id] }, 'enough', 'ada');
    expect(await world.attempts.outcome(key, report('infrastructure'))).toBe('accepted');
    expect(await world.job(id)).toMatchObject({ state: 'Killed', killReason: 'enough' });
    expect(await world.attempts.outcome(key, report('infrastructure'))).toBe('repeated');
  });
});

describe('an infrastructure failure', () => {
  it('costs no reschedule, and the job keeps its place', async () => {
    const { id, key } = await claimedJob();
    const [younger] = await world.submit(1);
    await world.attempts.outcome(key, report('infrastructure'));
    expect(await world.job(id)).toMatchObject({ state: 'Waiting', reschedules: 0, startedAt: null, exitCode: null });
    const [{ oldestAt }] = (await world.claims.candidates()) as unknown as [{ oldestAt: number }];
    expect(oldestAt).toBeCloseTo((await world.job(id)).submittedAt.getTime(), -1);
    expect((await world.claim(vm, 1))[0]).toMatchObject({ jobId: id, n: 2 });
    expect((await world.claim(vm, 1))[0]).toMatchObject({ jobId: younger });
  });

  it('ends the job at the tenth in a row; a reschedule counts anew', async () => {
    const { id } = await claimedJob();
    const failTimes = async (from: number, times: number) => {
      for (let n = from; n < from + times; n++) {
        if (n > 1) await world.claim(vm, 1);
        await world.attempts.outcome(world.keyOf(vm, { jobId: id, n }), report('infrastructure'));
      }
      return (await world.job(id)).state;
    };
    expect(await failTimes(1, 9)).toBe('Waiting');
    expect(await failTimes(10, 1)).toBe('Failed');
    await world.jobs.reschedule({ ids: [id] }, 'ada');
    expect(await failTimes(11, 9)).toBe('Waiting');
    expect(await failTimes(20, 1)).toBe('Failed');
  });
});

it('the idle clock starts when the last open attempt ends', async () => {
  await world.submit(2);
  const [a, b] = await world.claim(vm, 2);
  await world.attempts.outcome(world.keyOf(vm, a!), report('done'));
  expect(await world.vmRow(vm)).toMatchObject({ idle_since: null });
  await world.attempts.outcome(world.keyOf(vm, b!), report('failed'));
  expect(await world.vmRow(vm)).toMatchObject({ idle_since: expect.any(Date) });
});

describe('phases', () => {
  it('go forward only', async () => {
    const { id, key } = await claimedJob();
    const phase = (to: 'starting' | 'running' | 'completing', minor: string) =>
      world.attempts.phase(key, to, minor, undefined);
    expect(await phase('starting', 'Job Initialization')).toBe('accepted');
    expect(await world.job(id)).toMatchObject({ state: 'Matched', minor: 'Job Initialization', startedAt: null });
    await phase('running', 'Application');
    await phase('completing', 'Uploading Output Sandbox');
    expect(await phase('running', 'Application')).toBe('accepted');
    expect(await world.job(id)).toMatchObject({ state: 'Completing', minor: 'Uploading Output Sandbox' });
    await world.attempts.outcome(key, report('done'));
    expect(await phase('running', 'Application')).toBe('stale');
    expect(await world.attempts.isOpen(key)).toBe(false);
  });

  it('say what the application says', async () => {
    const { id, key } = await claimedJob();
    await world.attempts.phase(key, 'running', 'Application', 'step 1');
    await world.attempts.phase(key, 'running', 'Application', undefined);
    expect(await world.job(id)).toMatchObject({ state: 'Running', applicationStatus: 'step 1' });
  });
});
