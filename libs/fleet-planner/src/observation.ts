// What an endpoint's last observation is worth.
import type { Policy } from './policy.ts';
import type { Seen, SeenEndpoint, SeenMachine, SeenVm } from './seen.ts';

/** A failed or old list is no list: nothing may be concluded from what it lacks. */
export function isFresh(endpoint: SeenEndpoint, at: number, policy: Policy): boolean {
  return endpoint.reachable && endpoint.observedAt !== null && at - endpoint.observedAt <= policy.staleAfterS * 1000;
}

/** Finds a VM's machine: `unknown` where the endpoint has no fresh list, undefined where that list lacks it. */
export function machineFinder(seen: Seen, policy: Policy): (vm: SeenVm) => SeenMachine | 'unknown' | undefined {
  const lists = new Map<string, ReadonlyMap<string, SeenMachine>>();
  for (const observed of seen.endpoints) {
    if (!isFresh(observed, seen.at, policy)) continue;
    const machines = [...observed.strangers, ...observed.machines];
    lists.set(observed.endpoint.name, new Map(machines.map((machine) => [machine.vmId, machine])));
  }
  return (vm) => {
    const list = lists.get(vm.endpoint);
    return list === undefined ? 'unknown' : list.get(vm.id);
  };
}
