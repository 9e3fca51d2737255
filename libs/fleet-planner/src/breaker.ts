// Launches stop at an endpoint that keeps failing; after a cool-down one VM probes it.
import type { Policy } from './policy.ts';
import type { LaunchFailure, Seen, SeenEndpoint, SeenVm } from './seen.ts';

export type Breaker = 'closed' | 'open' | 'half-open';

/**
 * `half-open` allows one VM, and only while none is on its way there. A failed launch is made good by a VM ordered later
 * that the cloud accepted, a failed boot by one that came up later.
 */
export function breakerOf(observed: SeenEndpoint, seen: Seen, policy: Policy): Breaker {
  const failures = failuresInARow(observed, seen, policy);
  if (failures.length < policy.breakerFailures) return 'closed';
  const last = Math.max(...failures.map(({ at }) => at));
  return seen.at < last + policy.coolDownS * 1000 ? 'open' : 'half-open';
}

/** Those that no later success has made good, in any order. */
export function failuresInARow(observed: SeenEndpoint, seen: Seen, policy: Policy): readonly LaunchFailure[] {
  const vms = seen.vms.filter((vm) => vm.endpoint === observed.endpoint.name);
  const latest = latestSuccess(vms);
  return observed.launchFailures.filter(
    ({ at, kind }) => at > latest[kind] && at > seen.at - policy.breakerWindowS * 1000,
  );
}

function latestSuccess(vms: readonly SeenVm[]): Record<LaunchFailure['kind'], number> {
  let [launch, boot] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const vm of vms) {
    if (vm.providerId !== null) launch = Math.max(launch, vm.orderedAt.getTime());
    if (vm.activatedAt !== null) boot = Math.max(boot, vm.activatedAt.getTime());
  }
  return { launch, boot };
}
