import { describe, expect, it } from 'vitest';
import { type WhyFacts, why } from './why.ts';
import { aJob, anOffer, node } from './workload.fixture.ts';

const facts = (overrides: Partial<WhyFacts> = {}): WhyFacts => ({
  job: aJob(),
  capacity: [anOffer()],
  running: [],
  booting: 0,
  ahead: 0,
  director: null,
  lastReason: null,
  ...overrides,
});
const full = anOffer({ free: node(0), empty: false });
const summary = (overrides: Partial<WhyFacts>) => why(facts(overrides)).summary;
const lines = (overrides: Partial<WhyFacts>) =>
  why(facts(overrides)).lines.map(({ about, text }) => `${about}: ${text}`);

describe('why a job waits', () => {
  it('nothing is wrong when a running VM can take it', () => {
    expect(why(facts({ running: [anOffer()] }))).toEqual({
      summary: 'nothing is wrong: 1 running VM can take it in its turn',
      lines: [],
    });
  });

  it('no profile', () => {
    expect(summary({ capacity: [] })).toBe(
      'VO astro has no VM profile, so nothing can run this job; a VO administrator adds one',
    );
  });

  it('too many cores for every profile', () => {
    const job = aJob({ processors: { min: 16, max: 16 }, memoryMb: 100 });
    expect(summary({ job })).toMatch(/no profile of the VO can run this job any more/);
    expect(lines({ job })).toEqual(['profile small at local: needs 16 cores at once; the node has 8']);
  });

  it('a banned site, and a tag that nobody offers', () => {
    expect(lines({ job: aJob({ bannedSites: ['CLOUD.local.org'] }) })).toEqual([
      'profile small at local: bans site CLOUD.local.org, where the node is',
    ]);
    expect(lines({ job: aJob({ tags: ['GPU'] }) })).toEqual([
      'profile small at local: asks for tag GPU; the node does not offer it',
    ]);
  });

  it('VMs are booting', () => {
    expect(summary({ booting: 1 })).toBe('it waits for 1 VM of the VO that is booting');
    expect(summary({ booting: 2 })).toBe('it waits for 2 VMs of the VO that are booting');
  });

  it('all VMs are full: one line for all of them', () => {
    const overrides = { running: [full, full, full] };
    expect(summary(overrides)).toBe('the running VMs of the VO have no room for it now');
    expect(lines(overrides)).toEqual([
      expect.stringMatching(
        /^VM at local \(profile small\) and 2 more: needs 1 core at once; 0 of the node's 8 are free/,
      ),
    ]);
  });

  it('no VM runs yet, others go first, and what the director last did', () => {
    expect(summary({})).toBe('no VM of the VO runs yet; the director starts one for waiting jobs');
    expect(lines({ ahead: 4, director: 'launch: at the cap of local' })).toEqual([
      'queue: 4 jobs with the same needs go first',
      'director: launch: at the cap of local',
    ]);
    expect(lines({ ahead: 1 })).toEqual(['queue: 1 job with the same needs goes first']);
  });

  it('a job that lost its pilot says so while it waits again', () => {
    expect(lines({ lastReason: 'no heartbeat for 31 s' })).toEqual(['last attempt: no heartbeat for 31 s']);
  });
});

describe('why a job is where it is', () => {
  it('an ended job tells its last attempt’s reason', () => {
    const job = aJob({}, { state: 'Failed', minor: 'Application Finished With Errors' });
    expect(why(facts({ job, lastReason: 'exit code 3' }))).toEqual({
      summary: 'Application Finished With Errors',
      lines: [{ about: 'last attempt', text: 'exit code 3' }],
    });
  });

  it('a killed one tells who killed it', () => {
    const job = aJob({}, { state: 'Killed', minor: 'Received Kill signal', killReason: 'killed by ada' });
    expect(lines({ job })).toEqual(['kill: killed by ada']);
  });
});
