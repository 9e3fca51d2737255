// A profile with a warm floor has at least that many VMs running or on their way, demand or none.
import { counted } from '@pilotfish/matcher';
import type { FleetAction } from '@pilotfish/model';
import { newestProfiles } from '../profiles.ts';
import { roomOf } from '../room.ts';
import { decided, type Rule } from '../rule.ts';

const USEFUL = ['ordered', 'booting', 'running'];

export const keepTheFloor: Rule = (seen, policy, before) => {
  const leaving = decided(before);
  const room = roomOf(seen, policy, before);
  return newestProfiles(seen.profiles).flatMap((profile) => {
    const started: FleetAction[] = [];
    const present = seen.vms.filter(
      (vm) => vm.vo === profile.vo && vm.profile === profile.name && USEFUL.includes(vm.state) && !leaving.has(vm.id),
    ).length;
    while (present + started.length < profile.minVms) {
      const observed = room.openEndpoint(profile, () => true);
      if (observed === undefined) break;
      const { name, maxVms } = observed.endpoint;
      room.take(profile, name);
      const floor = `Profile ${profile.name} of ${profile.vo} keeps at least ${counted(profile.minVms, 'VM')} and has ${present + started.length}`;
      const because = `${floor}; starts VM ${room.vmsAt(name)} of ${maxVms} at ${name}.`;
      started.push({ kind: 'launch', vo: profile.vo, profile: profile.name, endpoint: name, because });
    }
    return started;
  });
};
