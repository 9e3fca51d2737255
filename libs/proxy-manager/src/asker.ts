// Who may ask for whose proxy: its owner, and a VM that runs a payload of the owner which needs one. Nobody else does,
// operators included.
import { type Caller, type VmId, WmsError } from '@pilotfish/model';

export interface Owner {
  readonly vo: string;
  readonly owner: string;
}

/** Whether the VM holds an open attempt of a job of this owner that needs a proxy. */
export type HoldsPayload = (vmId: VmId, owner: Owner) => Promise<boolean>;

/** Throws WmsError `wrong-vo` or `forbidden`. */
export async function authoriseAsker(caller: Caller, { vo, owner }: Owner, holdsPayload: HoldsPayload): Promise<void> {
  if (caller.vo !== vo) {
    throw new WmsError('wrong-vo', `This proxy belongs to VO ${vo}, and you act for ${caller.vo ?? 'no VO'}.`);
  }
  if (caller.kind === 'user' && caller.name !== owner) {
    throw new WmsError('forbidden', `This proxy belongs to ${owner}; nobody else is given it.`);
  }
  if (caller.kind === 'vm' && !(await holdsPayload(caller.vmId, { vo, owner }))) {
    throw new WmsError('forbidden', `VM ${caller.vmId} runs no job of ${owner} that needs a proxy.`);
  }
}

/** The caller as an owner. Throws WmsError `forbidden` for VMs, and for users without a VO. */
export function ownerOf(caller: Caller): Owner {
  if (caller.kind === 'user' && caller.vo !== null) return { vo: caller.vo, owner: caller.name };
  throw new WmsError('forbidden', 'Only a user of a VO has a proxy of his own; call as one.');
}

/** The caller's name in the audit. */
export const actorOf = (caller: Caller): string => (caller.kind === 'vm' ? `vm:${caller.vmId}` : caller.name);
