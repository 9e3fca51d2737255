// What the director saw before it plans: plain data, one moment. Times are ms since the epoch unless they are Dates.
import type { CloudEndpoint, Resources, TaskQueue, Vm, VmId, VmProfile } from '@pilotfish/model';

export interface Seen {
  /** The planner's only clock. */
  readonly at: number;
  readonly endpoints: readonly SeenEndpoint[];
  /** Several versions of a profile may be listed; VMs are started from the newest. */
  readonly profiles: readonly VmProfile[];
  readonly vms: readonly SeenVm[];
  readonly demand: readonly Demand[];
}

export interface SeenEndpoint {
  readonly endpoint: CloudEndpoint;
  /** When its machines were last listed with success; null: never. */
  readonly observedAt: number | null;
  readonly reachable: boolean;
  /** As listed then, by our mark. */
  readonly machines: readonly SeenMachine[];
  /** Listed machines with our mark for which the ledger has no live row. */
  readonly strangers: readonly Stranger[];
  /** Recent ones, in any order; successes are read from the VMs. */
  readonly launchFailures: readonly LaunchFailure[];
}

export interface SeenMachine {
  readonly vmId: VmId;
  readonly providerId: string;
  readonly status: 'building' | 'active' | 'stopped' | 'error';
}

export interface Stranger extends SeenMachine {
  readonly firstSeenAt: number;
}

/** `launch`: the cloud refused or failed the order. `boot`: a machine came but never called home. */
export interface LaunchFailure {
  readonly at: number;
  readonly reason: string;
  readonly kind: 'launch' | 'boot';
}

export interface SeenVm extends Vm {
  readonly openAttempts: number;
  readonly free: Resources;
  /** When it entered its present state; null: not recorded, and its last sign of life stands in. */
  readonly stateSince: number | null;
}

/** A task queue with waiting jobs. */
export interface Demand {
  readonly queue: TaskQueue;
  readonly waiting: number;
  readonly oldestAt: number;
}
