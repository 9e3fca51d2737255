// A rule of the planner: total, deterministic, and aware of what the rules before it decided in the same plan.
import type { FleetAction, VmId } from '@pilotfish/model';
import type { Policy } from './policy.ts';
import type { Seen } from './seen.ts';

export type Rule = (seen: Seen, policy: Policy, before: readonly FleetAction[]) => readonly FleetAction[];

export type Launch = Extract<FleetAction, { readonly kind: 'launch' }>;

/** VMs about which this plan has decided already. */
export function decided(before: readonly FleetAction[]): ReadonlySet<VmId> {
  return new Set(before.flatMap((action) => (action.kind === 'launch' ? [] : [action.vmId])));
}

export function launches(before: readonly FleetAction[]): readonly Launch[] {
  return before.filter((action) => action.kind === 'launch');
}
