// A machine that the cloud no longer lists is gone: the ledger's row is closed. A VM that beats is never buried, nor one
// just ordered, which a cloud may list late.
import { duration } from '@pilotfish/matcher';
import { LIVE_VM_STATES, type VmState } from '@pilotfish/model';
import { lastSignOfLife } from '../life.ts';
import { machineFinder } from '../observation.ts';
import type { Rule } from '../rule.ts';

const EXPECTED = LIVE_VM_STATES.filter((state) => state !== 'ordered') as readonly VmState[];

export const buryTheGone: Rule = (seen, policy) => {
  const machineOf = machineFinder(seen, policy);
  return seen.vms.flatMap((vm) => {
    if (!EXPECTED.includes(vm.state) || machineOf(vm) !== undefined) return [];
    const silentS = (seen.at - lastSignOfLife(vm)) / 1000;
    if (silentS < policy.goneGraceS) return [];
    const because = `${vm.endpoint} no longer lists its machine, and it has been silent for ${duration(silentS)}.`;
    return [{ kind: 'terminate', vmId: vm.id, because }];
  });
};
