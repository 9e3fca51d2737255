// What running VMs have free and what VMs on their way will have, per VO, in the order in which they were ordered.
// Launches of this plan come last, as they do in the next plan's ledger: both plans then pack alike.
import type { FleetAction, Offer, VmId, VmProfile } from '@pilotfish/model';
import { comingOffer, emptyOffer, runningOffer } from './offers.ts';
import { newestProfiles, profileOf } from './profiles.ts';
import { decided, launches } from './rule.ts';
import type { Seen, SeenEndpoint, SeenVm } from './seen.ts';

export interface Supply {
  /** Null: a launch of this plan. */
  readonly vm: SeenVm | null;
  readonly offer: Offer;
}

/** `before`: decisions of this plan; a VM that it retires supplies nothing. */
export function supplyOf(seen: Seen, vo: string, before: readonly FleetAction[]): readonly Supply[] {
  const leaving = decided(before);
  const present = seen.vms
    .filter((vm) => vm.vo === vo && vm.lockedAt === null && !leaving.has(vm.id))
    .sort(byOrder)
    .flatMap((vm) => {
      const offer = offerOf(seen, vm);
      return offer === undefined ? [] : [{ vm, offer }];
    });
  const planned = launches(before).flatMap((launch) => {
    const profile = newestProfiles(seen.profiles).find((one) => one.vo === vo && one.name === launch.profile);
    const endpoint = endpointOf(seen, launch.endpoint);
    if (launch.vo !== vo || profile === undefined || endpoint === undefined) return [];
    return [{ vm: null, offer: emptyOffer(profile, endpoint.endpoint) }];
  });
  return [...present, ...planned];
}

export function endpointOf(seen: Seen, name: string): SeenEndpoint | undefined {
  return seen.endpoints.find(({ endpoint }) => endpoint.name === name);
}

/** Undefined for a VM that takes no jobs, now or soon, or about which too little is known. */
function offerOf(seen: Seen, vm: SeenVm): Offer | undefined {
  const profile: VmProfile | undefined = profileOf(seen, vm);
  const endpoint = endpointOf(seen, vm.endpoint)?.endpoint;
  if (profile === undefined || endpoint === undefined) return undefined;
  if (vm.state === 'running') return runningOffer(vm, profile, endpoint, seen.at);
  if (vm.state === 'ordered' || vm.state === 'booting') return comingOffer(vm, profile, endpoint);
  return undefined;
}

function byOrder(left: SeenVm, right: SeenVm): number {
  return left.orderedAt.getTime() - right.orderedAt.getTime() || compareIds(left.id, right.id);
}

export function compareIds(left: VmId, right: VmId): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
