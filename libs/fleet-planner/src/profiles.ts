// Which profile holds for a VM, and which one new VMs are started from.
import type { VmProfile } from '@pilotfish/model';
import type { Lifetimes, Policy } from './policy.ts';
import type { Seen, SeenVm } from './seen.ts';

/** The newest version of every profile, ordered by VO and name. */
export function newestProfiles(profiles: readonly VmProfile[]): readonly VmProfile[] {
  const newest = new Map<string, VmProfile>();
  for (const profile of profiles) {
    const key = JSON.stringify([profile.vo, profile.name]);
    if ((newest.get(key)?.version ?? Number.NEGATIVE_INFINITY) < profile.version) newest.set(key, profile);
  }
  return [...newest.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, profile]) => profile);
}

/** The version that the VM was started from, else the newest of that name, else none. */
export function profileOf(seen: Seen, vm: SeenVm): VmProfile | undefined {
  const named = seen.profiles.filter(({ vo, name }) => vo === vm.vo && name === vm.profile);
  return named.find(({ version }) => version === vm.profileVersion) ?? newestProfiles(named)[0];
}

export function lifetimesOf(seen: Seen, policy: Policy, vm: SeenVm): Lifetimes {
  return profileOf(seen, vm) ?? policy.withoutProfile;
}
