// A second key came with the VM's activation key: nobody knows who speaks on it, so it goes at once.
import { LIVE_VM_STATES, type VmState } from '@pilotfish/model';
import { decided, type Rule } from '../rule.ts';

export const terminateTheLocked: Rule = (seen, _policy, before) => {
  const done = decided(before);
  return seen.vms.flatMap((vm) =>
    vm.lockedAt !== null && (LIVE_VM_STATES as readonly VmState[]).includes(vm.state) && !done.has(vm.id)
      ? [{ kind: 'terminate', vmId: vm.id, because: 'Its activation key was used twice.' }]
      : [],
  );
};
