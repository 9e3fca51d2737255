// What the director does next: an ordered list of small rules over one observation. Each VM is decided about once; a
// rule sees what the rules before it decided.
import type { FleetAction } from '@pilotfish/model';
import type { Policy } from './policy.ts';
import { decided, type Rule } from './rule.ts';
import { buryTheGone } from './rules/bury-the-gone.ts';
import { buryTheHalted } from './rules/bury-the-halted.ts';
import { drainTheExpired } from './rules/drain-the-expired.ts';
import { drainTheIdle } from './rules/drain-the-idle.ts';
import { keepTheFloor } from './rules/keep-the-floor.ts';
import { launchForDemand } from './rules/launch-for-demand.ts';
import { removeStrangers } from './rules/remove-strangers.ts';
import { stopBootTimeouts } from './rules/stop-boot-timeouts.ts';
import { stopTheDrained } from './rules/stop-the-drained.ts';
import { terminateTheBroken } from './rules/terminate-the-broken.ts';
import { terminateTheDead } from './rules/terminate-the-dead.ts';
import { terminateTheLocked } from './rules/terminate-the-locked.ts';
import { terminateTheLost } from './rules/terminate-the-lost.ts';
import type { Seen } from './seen.ts';

export const RULES = [
  { name: 'bury the gone', rule: buryTheGone },
  { name: 'bury the halted', rule: buryTheHalted },
  { name: 'terminate the locked', rule: terminateTheLocked },
  { name: 'terminate the broken', rule: terminateTheBroken },
  { name: 'terminate the dead', rule: terminateTheDead },
  { name: 'stop boot time-outs', rule: stopBootTimeouts },
  { name: 'terminate the lost', rule: terminateTheLost },
  { name: 'drain the expired', rule: drainTheExpired },
  { name: 'drain the idle', rule: drainTheIdle },
  { name: 'stop the drained', rule: stopTheDrained },
  { name: 'remove strangers', rule: removeStrangers },
  { name: 'keep the floor', rule: keepTheFloor },
  { name: 'launch for demand', rule: launchForDemand },
] as const satisfies readonly { readonly name: string; readonly rule: Rule }[];

/** Total and deterministic; the order of the actions is the order in which to carry them out. */
export function plan(seen: Seen, policy: Policy): readonly FleetAction[] {
  const actions: FleetAction[] = [];
  for (const { rule } of RULES) {
    const done = decided(actions);
    const fresh = rule(seen, policy, actions);
    actions.push(...fresh.filter((action) => action.kind === 'launch' || !done.has(action.vmId)));
  }
  return actions;
}
