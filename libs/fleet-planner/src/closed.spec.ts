import { describe, expect, it } from 'vitest';
import { closedBecause } from './closed.ts';
import { DEFAULT_POLICY } from './policy.ts';
import { ago, anEndpoint, aProfile, aSeen, aVm, booting, machine, NOON } from './seen.fixture.ts';
import type { LaunchFailure, Seen } from './seen.ts';

const told = (seen: Partial<Seen>, profile = aProfile(), problem: string | null = null) => {
  const closed = closedBecause(aSeen(seen), DEFAULT_POLICY, profile, 'local', () => problem);
  return closed && `${closed.about} ${closed.text}`;
};
const failures = (count: number, lastAgoS: number): LaunchFailure[] =>
  Array.from({ length: count }, (_, index) => ({
    at: NOON - (lastAgoS + index) * 1000,
    kind: 'launch',
    reason: index === 0 ? 'no cores left' : 'an older one',
  }));

describe('why no VM can be started', () => {
  it('says nothing where one can', () => {
    expect(told({})).toBeUndefined();
  });

  it('the endpoint is not there, disabled, unreachable or not looked at', () => {
    expect(told({ endpoints: [] })).toBe('endpoint local is not known to the service');
    expect(told({ endpoints: [anEndpoint({ enabled: false })] })).toMatch(/^endpoint local is disabled/);
    const unreachable = anEndpoint({}, { reachable: false });
    expect(told({ endpoints: [unreachable] }, aProfile(), 'timed out')).toBe(
      'endpoint local can not be reached: timed out',
    );
    expect(told({ endpoints: [anEndpoint({}, { observedAt: null })] })).toMatch(/has not been looked at/);
    expect(told({ endpoints: [anEndpoint({}, { observedAt: NOON - 1_200_000 })] })).toMatch(/20 min ago/);
  });

  it('the endpoint is full, and of whom', () => {
    const vms = [aVm(1), aVm(2), aVm(3, { vo: 'bio' })];
    expect(told({ vms, endpoints: [anEndpoint({ maxVms: 3 })] })).toBe(
      'endpoint local is full: 3 of at most 3 VMs; astro has 2, bio 1',
    );
    const strangers = [{ ...machine(9), firstSeenAt: NOON }];
    expect(told({ vms: [], endpoints: [anEndpoint({ maxVms: 1 }, { strangers })] })).toBe(
      'endpoint local is full: 1 of at most 1 VM; 1 unknown to the service',
    );
    expect(told({ vms, endpoints: [anEndpoint({ maxProcessors: 30 })] })).toBe(
      'endpoint local has too few cores left: 24 of at most 30 are used, a VM of profile small has 8; astro has 2, bio 1',
    );
  });

  it('the profile or the VO has all that it may have', () => {
    expect(told({ vms: [aVm(1)] }, aProfile({ maxVms: 1 }))).toBe(
      'profile small has all the VMs that it may have: 1 of 1',
    );
    const vms = Array.from({ length: DEFAULT_POLICY.maxVmsPerVo }, (_, index) => aVm(index + 1, { profile: 'other' }));
    expect(told({ vms, endpoints: [anEndpoint({ maxVms: 1000, maxProcessors: 10_000 })] })).toBe(
      'VO astro has all the VMs that a VO may have: 100 of 100',
    );
  });

  it('launches there keep failing: for how long it pauses, and the last problem', () => {
    expect(told({ endpoints: [anEndpoint({}, { launchFailures: failures(2, 60) })] })).toBeUndefined();
    expect(told({ endpoints: [anEndpoint({}, { launchFailures: failures(3, 60) })] })).toBe(
      'endpoint local failed to start 3 VMs in a row, the last 1 min ago: no cores left; it is tried again in 4 min',
    );
    const coolEnough = [anEndpoint({}, { launchFailures: failures(3, 400) })];
    expect(told({ endpoints: coolEnough })).toBeUndefined();
    const probe = aVm(1, { ...booting, orderedAt: ago(900), providerId: null });
    expect(told({ endpoints: coolEnough, vms: [probe] })).toMatch(/one VM on its way there tries it again$/);
  });
});
