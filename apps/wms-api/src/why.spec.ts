// What `why` says, by the real service and its database, in the situations that people meet.
import {
  type EndpointSpec,
  type JobDescriptionInput,
  type ProfileSpec,
  type Reply,
  routes,
} from '@pilotfish/api-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anOrderedVm, aRunningVm, startedJob } from './hand-driven-vm.fixture.ts';
import { aRunningApi, HERE, type RunningApi, SMALL } from './running-api.fixture.ts';

type Needs = { [Field in 'resources' | 'requirements']?: JobDescriptionInput[Field] };

let running: RunningApi;
beforeEach(async () => {
  running = await aRunningApi();
  // As the director's first look leaves it.
  await running.api.fleet.recordObservation('here', []);
});
afterEach(() => running.close());

const ben = () => running.as('ben');
const putProfile = (more: Partial<ProfileSpec>) =>
  running.as('operator').call(routes.putProfile, {
    params: { vo: 'biomed', name: 'small' },
    body: { ...SMALL, ...more },
  });
const putEndpoint = (more: Partial<EndpointSpec>, name = 'here') =>
  running.as('operator').call(routes.putEndpoint, { params: { name }, body: { ...HERE, ...more } });

async function submitted(needs: Needs = {}): Promise<number> {
  const { ids } = await ben().call(routes.submitJob, { body: { executable: '/bin/true', ...needs } });
  return ids[0]!;
}

const why = (id: number): Promise<Reply<typeof routes.whyJob>> =>
  ben().call(routes.whyJob, { params: { id: String(id) } });

/** The summary, then its lines. */
async function told(id: number): Promise<readonly string[]> {
  const { summary, lines } = await why(id);
  return [summary, ...lines.map(({ about, text }) => `${about}: ${text}`)];
}

async function failedLaunch(problem: string): Promise<void> {
  const { fleet } = running.api;
  const launch = { kind: 'launch', vo: 'biomed', profile: 'small', endpoint: 'here', because: 'a test' } as const;
  const { calls } = await fleet.order([launch], { maxVmsPerVo: 100 });
  await fleet.take(calls[0]!);
  await fleet.launchFailed(calls[0]!, 'quota', problem);
}

describe('a job that nothing suits any more', () => {
  const never = (reason: string) => [
    `no profile of the VO can run it any more: it ${reason}`,
    `profile small at here: ${reason}`,
  ];

  it('as no profile offers its tag', async () => {
    await putProfile({ tags: ['GPU'] });
    const id = await submitted({ requirements: { tags: ['GPU'] } });
    await putProfile({});
    expect(await told(id)).toEqual(never('asks for tag GPU; the node does not offer it'));
  });

  it('as the profiles have shrunk below its memory', async () => {
    const id = await submitted({ resources: { memoryMb: 6144 } });
    await putProfile({ capacity: { processors: 4, memoryMb: 4096, diskMb: 10_240 } });
    expect(await told(id)).toEqual(never('needs 6 GiB of memory; the node has 4 GiB'));
  });

  it('as the VO has no profile left', async () => {
    const id = await submitted();
    await running.as('operator').call(routes.deleteProfile, { params: { vo: 'biomed', name: 'small' } });
    expect(await told(id)).toEqual([
      'VO biomed has no VM profile any more, so nothing can run this job; a VO administrator adds one',
      expect.stringMatching(/^profile small: was removed \d+ s ago$/),
    ]);
  });

  it('as it bans the only site', async () => {
    await putEndpoint({ site: 'away' }, 'there');
    await putProfile({ endpoints: ['here', 'there'] });
    const id = await submitted({ requirements: { bannedSites: ['home'] } });
    expect((await told(id))[0]).toMatch(/^nothing is wrong|^no VM that suits it runs/);
    await putProfile({});
    expect(await told(id)).toEqual(never('bans site home, where the node is'));
  });

  it.each([
    ['its type', { jobTypes: ['Test'] }, 'is of type User; the node takes only Test'],
    ['its owner', { owners: ['bea'] }, 'belongs to ben; the node is private to bea'],
    ['its group', { groups: ['admins'] }, 'belongs to group users; the node serves only admins'],
  ])('for %s', async (_, kept, reason) => {
    const id = await submitted();
    await putProfile(kept);
    expect(await told(id)).toEqual(never(reason));
  });
});

describe('a job for which no VM can be started', () => {
  const none = (reason: string) => `no VM that suits it runs, and none can be started now: endpoint here ${reason}`;

  it('as the endpoint is full, and of whom', async () => {
    await anOrderedVm(running, 'astro');
    await putEndpoint({ maxVms: 1 });
    const id = await submitted();
    const full = 'is full: 1 of at most 1 VM; astro has 1';
    expect(await told(id)).toEqual([none(full), `endpoint here: ${full}`]);
    expect(await why(id)).toMatchObject({ estimatedStart: null });
  });

  it('as the endpoint is disabled', async () => {
    await putEndpoint({ enabled: false });
    expect((await told(await submitted()))[0]).toBe(none('is disabled; an operator enables it again'));
  });

  it('as the endpoint can not be reached', async () => {
    await running.api.fleet.recordBlindness('here', 'connect ETIMEDOUT');
    expect((await told(await submitted()))[0]).toBe(none('can not be reached: connect ETIMEDOUT'));
  });

  it('as launches keep failing', async () => {
    for (const problem of ['none', 'none', 'no cores left']) await failedLaunch(problem);
    const [summary, endpoint, director] = await told(await submitted());
    const paused = /failed to start 3 VMs in a row, the last \d+ s ago: no cores left; it is tried again in [45] min$/;
    expect(summary).toMatch(paused);
    expect(endpoint).toMatch(paused);
    expect(director).toBe('director: launch: a test (no cores left)');
  });
});

describe('a job that waits for its turn', () => {
  it('has nothing wrong when it was just submitted, nor when a VM has room', async () => {
    const id = await submitted();
    expect(await told(id)).toEqual([
      'nothing is wrong: no VM that suits it runs yet, and the director starts one for waiting jobs',
    ]);
    await aRunningVm(running);
    expect((await told(id))[0]).toBe('nothing is wrong: 1 running VM can take it in its turn');
    const { estimatedStart } = await why(id);
    expect(estimatedStart).toMatchObject({ because: '1 running VM can take it' });
  });

  it('while a VM boots: for how long, and how long it takes', async () => {
    await anOrderedVm(running);
    const id = await submitted({ resources: { processors: 2 } });
    const first = await told(id);
    expect(first[0]).toBe('it waits for 1 VM of the VO that is booting');
    expect(first[1]).toMatch(/^VM at here \(profile small\): was ordered \d+ s ago; no boot recorded yet$/);
    expect(await why(id)).toMatchObject({ estimatedStart: null });
    // One that came up before is full; it tells how long a boot takes.
    const vm = await aRunningVm(running);
    await vm.ask({ limit: 1 });
    const other = await submitted({ resources: { processors: 4 } });
    const [summary, ...lines] = await told(other);
    expect(summary).toBe('it waits for 1 VM of the VO that is booting');
    expect(lines).toContainEqual(expect.stringMatching(/was ordered \d+ s ago; it usually takes \d+ s, /));
    const { estimatedStart } = await why(other);
    expect(estimatedStart?.because).toMatch(/1 VM on the way, usually up in \d+ s$/);
  });

  it('while all VMs are busy: how many cores, and who goes first', async () => {
    const vm = await aRunningVm(running);
    await submitted({ resources: { processors: 4 } });
    await startedJob(vm);
    await submitted({ resources: { processors: 3 } });
    await submitted({ resources: { processors: 2 } });
    const id = await submitted({ resources: { processors: 2 } });
    expect(await told(id)).toEqual([
      'the running VM that suits it has no room now: 4 of 4 cores are busy',
      expect.stringMatching(/^VM at here \(profile small\): needs 2 cores at once; 0 of the node's 4 are free/),
      'queue: 1 job with the same needs goes first',
      'owner: 2 jobs of ben go first',
      'director: launch: a test',
    ]);
  });
});

describe('a job that no longer waits', () => {
  it('runs, and where', async () => {
    const id = await submitted();
    const vm = await aRunningVm(running);
    await startedJob(vm);
    expect(await told(id)).toEqual([
      expect.stringMatching(`^attempt 1 on VM ${vm.vmId.slice(0, 8)} at here, for \\d+ s: Application$`),
    ]);
  });

  it('was killed', async () => {
    const id = await submitted();
    await ben().call(routes.killJobs, { body: { ids: [id], reason: 'wrong input' } });
    expect(await told(id)).toEqual(['it was killed before it started', 'kill: wrong input']);
  });

  it('has failed: in which attempt, and the reason', async () => {
    const id = await submitted();
    const vm = await aRunningVm(running);
    await vm.end(await startedJob(vm), { result: 'infrastructure', minor: 'Stalled', reason: 'disk full' });
    expect(await told(id)).toContain('attempt 1: disk full');
    const outcome = { minor: 'Application Finished With Errors', exitCode: 3, reason: 'no such file' };
    await vm.end(await startedJob(vm), { result: 'failed', ...outcome });
    expect(await told(id)).toEqual([
      `it failed in attempt 2 on VM ${vm.vmId.slice(0, 8)} at here: Application Finished With Errors (exit code 3)`,
      'attempt 2: no such file',
    ]);
  });

  it('has finished', async () => {
    const id = await submitted();
    const vm = await aRunningVm(running);
    await vm.end(await startedJob(vm));
    expect(await why(id)).toMatchObject({
      state: 'Done',
      summary: `it finished well in attempt 1 on VM ${vm.vmId.slice(0, 8)} at here: Execution Complete`,
      lines: [],
      estimatedStart: null,
    });
  });
});

describe('the report on estimated starts', () => {
  const report = (as: 'ben' | 'art' | 'ann') => running.as(as).call(routes.etaReport, {});

  it('compares them with the true ones, for those who may see the jobs', async () => {
    expect(await report('ben')).toEqual({ count: 0, medianErrorS: null, p90ErrorS: null, biasS: null });
    const vm = await aRunningVm(running);
    const id = await submitted();
    await why(id);
    // Asked again at once, it is the same estimate.
    await why(id);
    await vm.end(await startedJob(vm));
    const { count, medianErrorS, p90ErrorS, biasS } = await report('ben');
    expect(count).toBe(1);
    expect([medianErrorS, p90ErrorS, biasS]).toEqual([medianErrorS, medianErrorS, medianErrorS]);
    expect(medianErrorS).toBeGreaterThan(0);
    expect(await report('ann')).toMatchObject({ count: 1 });
    expect(await report('art')).toMatchObject({ count: 0 });
  });
});
