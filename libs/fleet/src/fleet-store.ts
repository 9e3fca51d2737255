// The port to the ledger of VMs: what the director sees, orders and records. Every method is one transaction.
import type { Seen } from '@pilotfish/fleet-planner';
import type { CloudEndpoint, FleetAction, FleetActionKind, Vm, VmHealth, VmId, VmProfile } from '@pilotfish/model';
import type { CloudFailure, Machine } from './cloud.ts';

export interface OrderLimits {
  readonly maxVmsPerVo: number;
}

export interface Ordered {
  /** Orders that need a cloud call. */
  readonly calls: readonly number[];
  /** A VM took a step, so that a plan made now may go further; launches alone are no such change. */
  readonly changed: boolean;
}

/** An order to carry out, with all that the cloud call needs. */
export interface Ticket {
  readonly id: number;
  readonly kind: FleetActionKind;
  readonly vmId: VmId;
  readonly because: string;
  readonly tries: number;
  readonly endpoint: CloudEndpoint;
  /** Null for a machine of ours that the ledger doesn't know. */
  readonly vm: Vm | null;
  readonly profile: VmProfile | null;
}

export interface FleetStore {
  endpoints(): Promise<readonly CloudEndpoint[]>;
  /** Newest version of each profile that isn't retired. */
  profiles(vo?: string): Promise<readonly VmProfile[]>;
  /** Fleet first, then demand: a job that starts in between makes the plan start too few VMs, never too many. */
  seen(): Promise<Seen>;
  recordObservation(endpoint: string, machines: readonly Machine[]): Promise<void>;
  /** A failed list says nothing about what exists; the last good one is kept. */
  recordBlindness(endpoint: string, problem: string): Promise<void>;
  /**
   * Writes the orders, each checked again against caps and states under lock; what no longer holds is left out.
   * A launch gets its VM row here, before any cloud hears of it.
   */
  order(actions: readonly FleetAction[], limits: OrderLimits): Promise<Ordered>;
  /** Orders that still need their cloud call now. */
  dueOrders(): Promise<readonly number[]>;
  /** Undefined when the order is done or failed. Counts the try. */
  take(orderId: number): Promise<Ticket | undefined>;
  /** A fresh activation key for a launch: only its hash is stored, valid until the profile's boot time-out. */
  setActivation(vmId: VmId, hash: Buffer, validS: number): Promise<void>;
  launched(orderId: number, machine: Machine): Promise<void>;
  launchFailed(orderId: number, failure: CloudFailure, problem: string): Promise<void>;
  terminated(orderId: number, consoleTail: string): Promise<void>;
  /** Leaves the order open for another try. */
  postpone(orderId: number, delayS: number, failure: CloudFailure, problem: string): Promise<void>;
  /** The agent's heartbeat. */
  beatVm(vmId: VmId, health: VmHealth, logTail: string): Promise<void>;
  /** True when nothing is open on the VM and it is on its way out; it then takes no job any more. */
  confirmHalt(vmId: VmId, reason: string): Promise<boolean>;
  /** running → draining. False when it isn't running. */
  drain(vmId: VmId, because: string): Promise<boolean>;
  /** Out now: its attempts are given up and requeued. */
  stop(vmId: VmId, because: string): Promise<boolean>;
}
