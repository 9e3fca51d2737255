import type { VmProfile } from '@pilotfish/model';
import { describe, expect, it } from 'vitest';
import { plan } from './plan.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { launches } from './rule.ts';
import {
  aDemand,
  afterLaunching,
  ago,
  anEndpoint,
  aProfile,
  aSeen,
  aVm,
  booting,
  cores,
  idleFor,
  NOON,
  node,
} from './seen.fixture.ts';
import type { LaunchFailure, Seen } from './seen.ts';

const started = (overrides: Partial<Seen>, policy: Partial<Policy> = {}) =>
  launches(plan(aSeen(overrides), { ...DEFAULT_POLICY, ...policy }));
const names = (overrides: Partial<Seen>, policy: Partial<Policy> = {}) =>
  started(overrides, policy).map(({ profile, endpoint }) => `${profile} at ${endpoint}`);
const small = 'small at local';

describe('demand', () => {
  it('is packed into VMs, not counted in jobs', () => {
    expect(names({ demand: [aDemand(16)] })).toEqual([small, small]);
    expect(names({ demand: [aDemand(4, cores(2)), aDemand(8, {}, 2)] })).toEqual([small, small]);
  });

  it('says what waits, what there is and which VM this is', () => {
    const vms = [aVm(1, { free: node(4) })];
    const endpoints = [anEndpoint({ maxVms: 5 })];
    expect(started({ demand: [aDemand(6, cores(3))], vms, endpoints }).map(({ because }) => because)).toEqual([
      '6 jobs of astro wait for 18 cores; 4 free or booting; starts VM 2 of 5 at local.',
      '6 jobs of astro wait for 18 cores; 12 free or booting; starts VM 3 of 5 at local.',
      '6 jobs of astro wait for 18 cores; 20 free or booting; starts VM 4 of 5 at local.',
    ]);
  });

  it('is net of free cores and of VMs on their way', () => {
    const vms = [aVm(1, { free: node(4) }), aVm(2, booting), aVm(3, { ...booting, state: 'ordered' })];
    expect(names({ demand: [aDemand(20)], vms })).toEqual([]);
    expect(names({ demand: [aDemand(21)], vms })).toEqual([small]);
  });

  it('is not met by VMs that drain, stall, are locked, belong to another VO or leave in this very plan', () => {
    const vms = [
      aVm(1, { ...idleFor(10), state: 'draining' }),
      aVm(2, { ...idleFor(10), state: 'stalled' }),
      aVm(3, { ...idleFor(10), lockedAt: ago(5) }),
      aVm(4, { ...idleFor(10), vo: 'bio' }),
      aVm(5, { ...booting, orderedAt: ago(600) }),
    ];
    expect(names({ demand: [aDemand(1)], vms })).toEqual([small]);
  });

  it('of whole nodes needs an empty VM for each job', () => {
    const demand = [aDemand(2, { wholeNode: true })];
    expect(names({ demand, vms: [aVm(1, { free: node(7) })] })).toEqual([small, small]);
    expect(names({ demand, vms: [aVm(1, idleFor(10))] })).toEqual([small]);
  });

  it('that no profile can serve starts nothing', () => {
    expect(names({ demand: [aDemand(5, cores(16)), aDemand(5, { tags: ['GPU'] }, 2)] })).toEqual([]);
    expect(names({ demand: [aDemand(5, { cpuTimeS: 86_400 })] })).toEqual([]);
    expect(names({ demand: [aDemand(5, {}, 1, 'bio')] })).toEqual([]);
  });

  it('of ten million jobs is planned at once', () => {
    const demand = Array.from({ length: 300 }, (_, id) => aDemand(10_000_000, cores(1 + (id % 8)), id + 1));
    expect(names({ demand })).toHaveLength(10);
  });

  it('of one endless queue leaves launches for the others', () => {
    const profiles = [aProfile(), aProfile({ name: 'tagged', tags: ['SKA'], requiredTags: ['SKA'] })];
    const demand = [{ ...aDemand(1_000_000), oldestAt: 0 }, aDemand(1, { tags: ['SKA'] }, 2)];
    expect(names({ demand, profiles }, { maxLaunchesPerCycle: 2 })).toEqual([small, 'tagged at local']);
  });

  it('of the VO that holds fewer cores goes first', () => {
    const profiles = [aProfile(), aProfile({ vo: 'bio' })];
    const demand = [aDemand(100), aDemand(100, {}, 2, 'bio')];
    const vos = started({ demand, profiles, vms: [aVm(1), aVm(2)] }, { maxLaunchesPerCycle: 5 }).map(({ vo }) => vo);
    expect(vos).toEqual(['bio', 'bio', 'astro', 'bio', 'astro']);
  });
});

describe('the choice of a profile', () => {
  const sized = (name: string, processors: number, more: Partial<VmProfile> = {}) =>
    aProfile({ name, capacity: node(processors), ...more });

  it('prefers the one that serves most among those that are well filled', () => {
    const profiles = [sized('p2', 2), sized('p16', 16), sized('p64', 64)];
    expect(names({ demand: [aDemand(12)], profiles })).toEqual(['p16 at local']);
    expect(names({ demand: [aDemand(1)], profiles })).toEqual(['p2 at local']);
    expect(names({ demand: [aDemand(1000)], profiles }, { maxLaunchesPerCycle: 1 })).toEqual(['p64 at local']);
  });

  it('gives a whole-node job the smallest node that will do', () => {
    const demand = [aDemand(1, { wholeNode: true, ...cores(4) })];
    expect(names({ demand, profiles: [sized('p64', 64), sized('p4', 4), sized('p2', 2)] })).toEqual(['p4 at local']);
  });

  it('spares the GPUs', () => {
    const profiles = [sized('gpu', 8, { capacity: node(8, { gpus: 1 }) }), sized('plain', 64)];
    expect(names({ demand: [aDemand(8)], profiles })).toEqual(['plain at local']);
    expect(names({ demand: [aDemand(1, { gpus: 1 })], profiles })).toEqual(['gpu at local']);
  });

  it('starts from the newest version', () => {
    const profiles = [aProfile({ version: 2, capacity: node(16) }), aProfile()];
    expect(names({ demand: [aDemand(16)], profiles })).toEqual([small]);
  });
});

describe('caps', () => {
  const demand = [aDemand(1000)];

  it('hold per endpoint, in VMs and in cores, whatever the state of the VMs', () => {
    const vms = [aVm(1, { state: 'stopping', vo: 'bio' }), aVm(2, { state: 'stalled' })];
    expect(names({ demand, vms, endpoints: [anEndpoint({ maxVms: 3 })] })).toHaveLength(1);
    expect(names({ demand, vms, endpoints: [anEndpoint({ maxProcessors: 39 })] })).toHaveLength(2);
  });

  it('hold per profile, per VO and per cycle', () => {
    expect(names({ demand, profiles: [aProfile({ maxVms: 4 })] })).toHaveLength(4);
    expect(names({ demand }, { maxVmsPerVo: 6 })).toHaveLength(6);
    expect(names({ demand }, { maxLaunchesPerCycle: 7 })).toHaveLength(7);
  });

  it('count strangers, whose machines are real', () => {
    const strangers = [{ vmId: aVm(9).id, providerId: 'm9', status: 'active' as const, firstSeenAt: NOON }];
    expect(names({ demand, endpoints: [anEndpoint({ maxVms: 3 }, { strangers })] })).toHaveLength(2);
  });

  it('send launches to the next endpoint of the profile', () => {
    const profiles = [aProfile({ endpoints: ['local', 'far'] })];
    const far = anEndpoint({ name: 'far' });
    const jobs = [aDemand(24)];
    expect(names({ demand: jobs, profiles, endpoints: [far, anEndpoint({ maxVms: 1 })] })).toEqual([
      small,
      'small at far',
      'small at far',
    ]);
    for (const closed of [anEndpoint({ enabled: false }), anEndpoint({}, { reachable: false })]) {
      expect(names({ demand: [aDemand(1)], profiles, endpoints: [closed, far] })).toEqual(['small at far']);
    }
  });
});

describe('a warm floor', () => {
  const profiles = [aProfile({ minVms: 2 })];

  it('is filled up without demand, and then counts for it', () => {
    expect(started({ profiles, vms: [aVm(1)], demand: [aDemand(8)] }).map(({ because }) => because)).toEqual([
      'Profile small of astro keeps at least 2 VMs and has 1; starts VM 2 of 50 at local.',
    ]);
  });

  it('stays within the caps', () => {
    expect(names({ profiles: [aProfile({ minVms: 9, maxVms: 3 })] })).toHaveLength(3);
  });

  it('replaces a VM that this plan drains', () => {
    const vms = [aVm(1, { activatedAt: ago(86_300) }), aVm(2)];
    expect(names({ profiles, vms })).toEqual([small]);
  });
});

describe('the breaker', () => {
  const demand = [aDemand(1000)];
  const failures = (kind: LaunchFailure['kind'], ...secondsAgo: number[]) =>
    secondsAgo.map((seconds) => ({ at: NOON - seconds * 1000, reason: 'no valid host', kind }));
  const failing = (launchFailures: readonly LaunchFailure[]) => [anEndpoint({}, { launchFailures })];

  it('stops launches after three failures in a row, until the cool-down has passed', () => {
    expect(names({ demand, endpoints: failing(failures('launch', 20, 10)) })).toHaveLength(10);
    expect(names({ demand, endpoints: failing(failures('launch', 30, 20, 10)) })).toEqual([]);
  });

  it('then lets one VM probe, and no second while that one is on its way', () => {
    const endpoints = failing(failures('launch', 500, 450, 400));
    const first = aSeen({ demand, endpoints });
    const probes = launches(plan(first, DEFAULT_POLICY));
    expect(probes).toHaveLength(1);
    expect(launches(plan(afterLaunching(first, probes), DEFAULT_POLICY))).toEqual([]);
  });

  it('closes when a later VM was accepted, or came up after failed boots', () => {
    const later = (seconds: number) => [aVm(1, { orderedAt: ago(seconds), activatedAt: ago(seconds - 5) })];
    const launch = failing(failures('launch', 30, 25, 20));
    expect(names({ demand, endpoints: launch, vms: later(15) })).toHaveLength(10);
    expect(names({ demand, endpoints: launch, vms: later(40) })).toEqual([]);
    expect(names({ demand, endpoints: failing(failures('boot', 30, 25, 20)), vms: later(22) })).toHaveLength(10);
  });

  it('sends launches to the next endpoint meanwhile', () => {
    const profiles = [aProfile({ endpoints: ['local', 'far'] })];
    const endpoints = [...failing(failures('boot', 3, 2, 1)), anEndpoint({ name: 'far' })];
    expect(names({ demand: [aDemand(1)], profiles, endpoints })).toEqual(['small at far']);
  });

  it('forgets what is long past', () => {
    expect(names({ demand, endpoints: failing(failures('launch', 9000, 8000, 7000)) })).toHaveLength(10);
  });
});
