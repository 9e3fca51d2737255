import type { FleetStore, Ordered } from '@pilotfish/fleet';
import { DEFAULT_POLICY } from '@pilotfish/fleet-planner';
import type { FleetAction, VmProfile } from '@pilotfish/model';
import { expect, it } from 'vitest';
import { planOnce } from './plan-once.ts';

/** A profile with a floor of one VM: there is always something to launch. */
const floor = {
  vo: 'astro',
  name: 'small',
  version: 1,
  endpoints: ['here'],
  minVms: 1,
  maxVms: 9,
  capacity: { processors: 4 },
};

async function plan(ordered: Ordered, busy = false) {
  const told: string[] = [];
  const given: FleetAction[] = [];
  const endpoint = { name: 'here', kind: 'fake', site: 's', enabled: true, maxVms: 9, maxProcessors: 99, settings: {} };
  const seen = { observedAt: 1000, reachable: true, machines: [], strangers: [], launchFailures: [], endpoint };
  const store = {
    seen: async () => ({ at: 1000, vms: [], demand: [], profiles: [floor as unknown as VmProfile], endpoints: [seen] }),
    order: async (actions: readonly FleetAction[]) => {
      given.push(...actions);
      return ordered;
    },
  };
  await planOnce({
    store: store as unknown as FleetStore,
    policy: DEFAULT_POLICY,
    exclusive: async (_name, work) => {
      if (!busy) await work();
      return !busy;
    },
    hand: async (id) => void told.push(`call ${id}`),
    tellVms: () => void told.push('vms'),
    again: () => void told.push('again'),
  });
  return { told, given: given.map(({ kind }) => kind) };
}

it('what needs a cloud call is handed on', async () => {
  expect(await plan({ calls: [4, 5], changed: false })).toEqual({ told: ['call 4', 'call 5'], given: ['launch'] });
});

it('a step of a VM is told to the VMs and planned on at once', async () => {
  expect((await plan({ calls: [], changed: true })).told).toEqual(['vms', 'again']);
});

it('while another director plans, this one does nothing', async () => {
  expect(await plan({ calls: [1], changed: true }, true)).toEqual({ told: [], given: [] });
});
