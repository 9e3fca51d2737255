// What a VM will offer, foretold from its profile, or offers now. The submission check asks the same question.
import type { CloudEndpoint, Offer, Resources, VmProfile } from '@pilotfish/model';
import { endsAt } from './life.ts';
import type { SeenVm } from './seen.ts';

/**
 * The first offer of a new VM. Its life is taken to be shorter by one boot time-out: a job that needs the whole life to
 * the second would never start, since the first ask comes after the activation.
 */
export function emptyOffer(profile: VmProfile, endpoint: CloudEndpoint): Offer {
  return offer(profile, endpoint, profile.capacity, profile.capacity, true, profile.maxLifeS - profile.bootTimeoutS);
}

/** What a VM that was ordered or boots will offer: as above, with what was really ordered. */
export function comingOffer(vm: SeenVm, profile: VmProfile, endpoint: CloudEndpoint): Offer {
  return { ...emptyOffer(profile, endpoint), total: vm.capacity, free: vm.capacity };
}

/** What a running VM offers at `at` (ms since the epoch). */
export function runningOffer(vm: SeenVm, profile: VmProfile, endpoint: CloudEndpoint, at: number): Offer {
  const timeLeftS = Math.floor((endsAt(vm, profile.maxLifeS) - at) / 1000);
  return offer(profile, endpoint, vm.capacity, vm.free, vm.openAttempts === 0, timeLeftS);
}

function offer(
  profile: VmProfile,
  endpoint: CloudEndpoint,
  total: Resources,
  free: Resources,
  empty: boolean,
  timeLeftS: number,
): Offer {
  const { vo, name, platforms, tags, requiredTags, jobTypes, owners, groups } = profile;
  const who = { vo, site: endpoint.site, endpoint: endpoint.name, profile: name };
  const kind = { platforms, tags, requiredTags, jobTypes, owners, groups };
  return { ...who, ...kind, total, free, empty, timeLeftS: Math.max(0, timeLeftS) };
}
