import type { VmId } from '@pilotfish/model';
import { describe, expect, it } from 'vitest';
import { why } from './why.ts';
import type { LastAttempt, WhyFacts } from './why-facts.ts';
import { aJob, anOffer, node } from './workload.fixture.ts';

const facts = (overrides: Partial<WhyFacts> = {}): WhyFacts => ({
  now: Date.UTC(2030, 0, 1, 12),
  job: aJob(),
  capacity: [anOffer()],
  running: [],
  booting: [],
  open: [],
  closed: [],
  retired: [],
  ahead: 0,
  aheadInQueue: 0,
  runS: null,
  director: null,
  attempt: null,
  ...overrides,
});
const small = { profile: 'small', endpoint: 'local' };
const anAttempt = (overrides: Partial<LastAttempt> = {}): LastAttempt => ({
  n: 1,
  vmId: '8b62a186-0000-4000-8000-000000000000' as VmId,
  exitCode: null,
  reason: null,
  endpoint: 'local',
  forS: 90,
  ...overrides,
});
const full = anOffer({ free: node(0), empty: false });
const summary = (overrides: Partial<WhyFacts>) => why(facts(overrides)).summary;
const lines = (overrides: Partial<WhyFacts>) =>
  why(facts(overrides)).lines.map(({ about, text }) => `${about}: ${text}`);

describe('why a job waits', () => {
  it('nothing is wrong when a running VM can take it', () => {
    const { summary, lines, estimatedStart } = why(facts({ running: [anOffer()] }));
    expect(summary).toBe('nothing is wrong: 1 running VM can take it in its turn');
    expect(lines).toEqual([]);
    expect(estimatedStart).toMatchObject({ because: '1 running VM can take it' });
  });

  it('nothing is wrong when the director is about to start one', () => {
    expect(summary({})).toBe(
      'nothing is wrong: no VM that suits it runs yet, and the director starts one for waiting jobs',
    );
  });

  it('no profile, or none any more', () => {
    const said = 'so nothing can run this job; a VO administrator adds one';
    expect(summary({ capacity: [] })).toBe(`VO astro has no VM profile, ${said}`);
    const retired = [{ name: 'small', agoS: 200 }];
    expect(summary({ capacity: [], retired })).toBe(`VO astro has no VM profile any more, ${said}`);
    expect(lines({ capacity: [], retired })).toEqual(['profile small: was removed 3 min ago']);
    expect(lines({ retired })).toEqual([]);
  });

  it('too many cores for every profile', () => {
    const job = aJob({ processors: { min: 16, max: 16 }, memoryMb: 100 });
    expect(summary({ job })).toBe(
      'no profile of the VO can run it any more: it needs 16 cores at once; the node has 8',
    );
    expect(lines({ job })).toEqual(['profile small at local: needs 16 cores at once; the node has 8']);
    const capacity = [anOffer(), anOffer({ profile: 'tiny', total: node(1), free: node(1) })];
    expect(summary({ job, capacity })).toMatch(/see the reasons below$/);
  });

  it.each([
    ['a banned site', aJob({ bannedSites: ['CLOUD.local.org'] }), {}, 'bans site CLOUD.local.org, where the node is'],
    ['a tag that nobody offers', aJob({ tags: ['GPU'] }), {}, 'asks for tag GPU; the node does not offer it'],
    ['its job type', aJob(), { jobTypes: ['Test'] }, 'is of type User; the node takes only Test'],
    ['its owner', aJob(), { owners: ['bob'] }, 'belongs to ada; the node is private to bob'],
    ['its group', aJob(), { groups: ['admins'] }, 'belongs to group users; the node serves only admins'],
  ])('%s', (_, job, offer, reason) => {
    const capacity = [anOffer(offer), anOffer({ ...offer, profile: 'other' })];
    expect(summary({ job, capacity })).toBe(`no profile of the VO can run it any more: it ${reason}`);
    expect(lines({ job, capacity })).toEqual([`profile small at local and 1 more: ${reason}`]);
  });

  it('VMs are booting: for how long, and how long it takes', () => {
    const booting = [{ ...small, forS: 10, usualS: null }];
    expect(summary({ booting })).toBe('it waits for 1 VM of the VO that is booting');
    expect(lines({ booting })).toEqual(['VM at local (profile small): was ordered 10 s ago; no boot recorded yet']);
    const two = [
      { ...small, forS: 10, usualS: 40 },
      { ...small, forS: 70, usualS: 40 },
    ];
    expect(summary({ booting: two })).toBe('it waits for 2 VMs of the VO that are booting');
    expect(lines({ booting: two })).toEqual([
      'VM at local (profile small): was ordered 10 s ago; it usually takes 40 s, about 30 s left',
      'VM at local (profile small): was ordered 1 min ago; it usually takes 40 s, it is later than usual',
    ]);
    expect(why(facts({ booting: two })).estimatedStart).not.toBeNull();
  });

  it('one that boots and does not suit it is no help', () => {
    const booting = [{ profile: 'other', endpoint: 'local', forS: 10, usualS: null }];
    expect(summary({ booting })).toMatch(/no VM that suits it runs yet/);
  });

  it('all VMs are full: one line for all of them, and how many cores are busy', () => {
    const overrides = { running: [full, full, full] };
    expect(summary(overrides)).toBe('the 3 running VMs that suit it have no room now: 24 of 24 cores are busy');
    expect(lines(overrides)).toEqual([
      expect.stringMatching(
        /^VM at local \(profile small\) and 2 more: needs 1 core at once; 0 of the node's 8 are free/,
      ),
    ]);
  });

  it('no VM can be started: why, once however many profiles it holds for', () => {
    const text = 'is full: 3 of at most 3 VMs; bio has 3';
    const about = 'endpoint local';
    const closed = [
      { ...small, about, text },
      { profile: 'other', endpoint: 'local', about, text },
    ];
    const capacity = [anOffer(), anOffer({ profile: 'other' })];
    expect(summary({ capacity, closed })).toBe(
      `no VM that suits it runs, and none can be started now: endpoint local ${text}`,
    );
    expect(lines({ capacity, closed })).toEqual([`endpoint local: ${text}`]);
    expect(summary({ capacity, closed, running: [full] })).toBe(
      'the running VM that suits it has no room now: 8 of 8 cores are busy, and no more can be started now',
    );
    expect(summary({ capacity, closed: closed.slice(1) })).toMatch(/^nothing is wrong/);
  });

  it('others go first, and what the director last did', () => {
    expect(lines({ ahead: 4, aheadInQueue: 4, director: 'launch: 4 jobs wait' })).toEqual([
      'queue: 4 jobs with the same needs go first',
      'director: launch: 4 jobs wait',
    ]);
    expect(lines({ ahead: 3, aheadInQueue: 1 })).toEqual([
      'queue: 1 job with the same needs goes first',
      'owner: 3 jobs of ada go first',
    ]);
  });

  it('a job that lost its pilot says so while it waits again', () => {
    expect(lines({ attempt: anAttempt({ reason: 'no heartbeat for 31 s' }) })).toEqual([
      'attempt 1: no heartbeat for 31 s',
    ]);
  });
});

describe('why a job is where it is', () => {
  it('a running one tells where and for how long', () => {
    const job = aJob({}, { state: 'Running', minor: 'Application' });
    expect(summary({ job, attempt: anAttempt() })).toBe('attempt 1 on VM 8b62a186 at local, for 1 min: Application');
  });

  it('a finished one says so', () => {
    const job = aJob({}, { state: 'Done', minor: 'Execution Complete' });
    expect(why(facts({ job, attempt: anAttempt({ n: 2, exitCode: 0 }) }))).toEqual({
      summary: 'it finished well in attempt 2 on VM 8b62a186 at local: Execution Complete',
      lines: [],
      estimatedStart: null,
    });
  });

  it('a failed one tells its last attempt and the reason', () => {
    const job = aJob({}, { state: 'Failed', minor: 'Application Finished With Errors' });
    const attempt = anAttempt({ n: 2, exitCode: 3, reason: 'no such file' });
    expect(summary({ job, attempt })).toBe(
      'it failed in attempt 2 on VM 8b62a186 at local: Application Finished With Errors (exit code 3)',
    );
    expect(lines({ job, attempt })).toEqual(['attempt 2: no such file']);
  });

  it('a killed one tells who killed it', () => {
    const job = aJob({}, { state: 'Killed', minor: 'Received Kill signal', killReason: 'killed by ada' });
    expect(lines({ job })).toEqual(['kill: killed by ada']);
    expect(summary({ job })).toBe('it was killed before it started');
    expect(summary({ job, attempt: anAttempt() })).toMatch(/^it was killed in attempt 1 /);
  });
});
