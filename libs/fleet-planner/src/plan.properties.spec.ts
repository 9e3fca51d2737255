import { fits } from '@pilotfish/matcher';
import { type FleetAction, LIVE_VM_STATES, type VmState } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyOffer } from './offers.ts';
import { inPackingOrder, place } from './packing.ts';
import { plan } from './plan.ts';
import { DEFAULT_POLICY, type Policy } from './policy.ts';
import { newestProfiles } from './profiles.ts';
import { roomOf } from './room.ts';
import { type Launch, launches } from './rule.ts';
import { afterLaunching, anySeen } from './seen.fixture.ts';
import type { Seen } from './seen.ts';
import { supplyOf } from './supply.ts';

const anyPolicy: fc.Arbitrary<Policy> = fc
  .record({
    maxVmsPerVo: fc.constantFrom(4, 12, 40, 40),
    maxLaunchesPerCycle: fc.constantFrom(0, 3, 10, 1000, 1000),
    goodFill: fc.constantFrom(0, 0.75, 1),
  })
  .map((overrides) => ({ ...DEFAULT_POLICY, ...overrides }));

function property(check: (seen: Seen, policy: Policy) => void): void {
  fc.assert(fc.property(anySeen, anyPolicy, check), { numRuns: 800 });
}

const isLive = (state: VmState) => (LIVE_VM_STATES as readonly VmState[]).includes(state);
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

/** Live VMs of the ledger and those launched, as if all came into being. */
function fleet(seen: Seen, launched: readonly Launch[]) {
  return afterLaunching(seen, launched).vms.filter(({ state }) => isLive(state));
}

describe('plan, for whatever is seen', () => {
  it('never launches above a cap', () => {
    let launched = 0;
    property((seen, policy) => {
      const started = launches(plan(seen, policy));
      launched += started.length;
      const all = fleet(seen, started);
      expect(started.length).toBeLessThanOrEqual(policy.maxLaunchesPerCycle);
      for (const launch of started) {
        const there = all.filter(({ endpoint }) => endpoint === launch.endpoint);
        const { endpoint } = seen.endpoints.find((one) => one.endpoint.name === launch.endpoint)!;
        expect(endpoint.enabled).toBe(true);
        expect(there.length).toBeLessThanOrEqual(endpoint.maxVms);
        expect(sum(there.map(({ capacity }) => capacity.processors))).toBeLessThanOrEqual(endpoint.maxProcessors);
        const own = all.filter(({ vo }) => vo === launch.vo);
        expect(own.length).toBeLessThanOrEqual(policy.maxVmsPerVo);
        const profile = seen.profiles.find(({ vo, name }) => vo === launch.vo && name === launch.profile)!;
        expect(own.filter((vm) => vm.profile === profile.name).length).toBeLessThanOrEqual(profile.maxVms);
        expect(profile.endpoints).toContain(endpoint.name);
      }
    });

    expect(launched).toBeGreaterThan(400);
  });

  it('launches for nothing but demand of the same VO that fits, and floors', () => {
    property((seen, policy) => {
      const started = launches(plan(seen, policy));
      for (const launch of started) {
        const profile = seen.profiles.find(({ vo, name }) => vo === launch.vo && name === launch.profile)!;
        const { endpoint } = seen.endpoints.find((one) => one.endpoint.name === launch.endpoint)!;
        const offer = emptyOffer(profile, endpoint);
        const wanted = seen.demand.some(({ queue, waiting }) => waiting > 0 && fits(queue, offer));
        expect(wanted || profile.minVms > 0).toBe(true);
      }
      for (const vo of ['astro', 'bio']) {
        const jobs = sum(seen.demand.filter(({ queue }) => queue.vo === vo).map(({ waiting }) => waiting));
        const floor = sum(seen.profiles.filter((profile) => profile.vo === vo).map(({ minVms }) => minVms));
        expect(started.filter((launch) => launch.vo === vo).length).toBeLessThanOrEqual(jobs + floor);
      }
    });
  });

  it('launches no more once what it launched is on its way', () => {
    property((seen, policy) => {
      const started = launches(plan(seen, policy));
      fc.pre(started.length < policy.maxLaunchesPerCycle);
      expect(launches(plan(afterLaunching(seen, started), policy))).toEqual([]);
    });
  });

  it('comes to rest under any launch rate', () => {
    property((seen, policy) => {
      let world = seen;
      for (let round = 0; round < 40; round += 1) {
        const started = launches(plan(world, { ...policy, maxLaunchesPerCycle: 5 }));
        if (started.length === 0) return;
        world = afterLaunching(world, started);
      }
      throw new Error('still launching after 40 rounds');
    });
  });

  it('leaves no job without a VM while a cap allows one that suits it', () => {
    property((seen, policy) => {
      const actions = plan(seen, policy);
      const room = roomOf(seen, policy, actions);
      for (const profile of newestProfiles(seen.profiles)) {
        let waiting = inPackingOrder(seen.demand.filter(({ queue }) => queue.vo === profile.vo));
        for (const { offer } of supplyOf(seen, profile.vo, actions)) waiting = place(offer, waiting).waiting;
        for (const { demand } of waiting) {
          const suits = room.openEndpoint(profile, ({ endpoint }) => fits(demand.queue, emptyOffer(profile, endpoint)));
          expect(suits).toBeUndefined();
        }
      }
    });
  });

  it('ends no VM with an open attempt that is not lost, gone or overdue', () => {
    property((seen, policy) => {
      const ending = plan(seen, policy).filter(({ kind }) => kind === 'stop' || kind === 'terminate');
      const busy = seen.vms.filter(({ openAttempts, state }) => openAttempts > 0 && isLive(state));
      for (const vm of busy) {
        const because = ending.find((action) => 'vmId' in action && action.vmId === vm.id)?.because;
        if (because === undefined) continue;
        expect(because).toMatch(
          /no longer lists|counts as lost|longer than the time-out|used twice|reports its machine/,
        );
        const beats = vm.lastBeatAt !== null && seen.at - vm.lastBeatAt.getTime() < 60_000;
        const listed = seen.endpoints.find(({ endpoint }) => endpoint.name === vm.endpoint)?.machines;
        const isDead = listed?.some(
          ({ vmId, status }) => vmId === vm.id && (status === 'stopped' || status === 'error'),
        );
        if (beats && vm.lockedAt === null && !isDead) expect(['stopping', 'stopped']).toContain(vm.state);
      }
    });
  });

  it('decides once about a VM, about VMs that it saw, and says why in a sentence', () => {
    property((seen, policy) => {
      const actions = plan(seen, policy);
      const named = actions.flatMap((action) => (action.kind === 'launch' ? [] : [action.vmId]));
      expect(new Set(named).size).toBe(named.length);
      const known = new Set<string>(seen.vms.map(({ id }) => id));
      for (const { strangers } of seen.endpoints) for (const { vmId } of strangers) known.add(vmId);
      for (const id of named) expect(known).toContain(id);
      for (const { because } of actions) expect(because).toMatch(/^.+[^.]\.$/);
    });
  });

  it('is deterministic, whatever the order of the VMs and demands', () => {
    const sorted = (actions: readonly FleetAction[]) => actions.map((action) => JSON.stringify(action)).sort();
    property((seen, policy) => {
      const before = structuredClone(seen);
      const actions = plan(seen, policy);
      expect(seen).toEqual(before);
      expect(plan(seen, policy)).toEqual(actions);
      const turned = { ...seen, vms: [...seen.vms].reverse(), demand: [...seen.demand].reverse() };
      expect(sorted(plan(turned, policy))).toEqual(sorted(actions));
    });
  });
});
