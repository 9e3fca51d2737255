// The port to a cloud: the smallest complete set of verbs, and the only words in which a cloud may fail.
import type { VmId, VmProfile } from '@pilotfish/model';

export type MachineStatus = 'building' | 'active' | 'stopped' | 'error';

/** A machine at the cloud that carries our mark. */
export interface Machine {
  readonly vmId: VmId;
  readonly providerId: string;
  readonly status: MachineStatus;
  readonly createdAt: Date;
}

export interface LaunchOrder {
  readonly vmId: VmId;
  readonly vo: string;
  readonly profile: VmProfile;
  /** Complete cloud-config text; besides the activation key it holds no secret. */
  readonly userData: string;
}

/**
 * `unknown-outcome`: the call may have taken effect; look the VM up by its id before anything else.
 * `gone`: there is no such machine (for terminate that is success and not thrown).
 */
export type CloudFailure = 'auth' | 'quota' | 'capacity' | 'throttled' | 'refused' | 'unknown-outcome' | 'gone';

export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly failure: CloudFailure;
  constructor(failure: CloudFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export interface Cloud {
  /** All machines that carry our mark, whatever their state; throws when the list can't be trusted to be whole. */
  list(): Promise<readonly Machine[]>;
  /** Starts a machine for the VM id; asked again for the same id it answers with the same machine. */
  launch(order: LaunchOrder): Promise<Machine>;
  /** Removes the machine and all that belongs to it; a machine that is not there is success. */
  terminate(vmId: VmId): Promise<void>;
  /** Powers off, keeping the machine for `start`. */
  stop(vmId: VmId): Promise<void>;
  start(vmId: VmId): Promise<void>;
  /** Newest part of the console, at most 64 KiB; empty when the cloud has none. */
  consoleLog(vmId: VmId): Promise<string>;
}
