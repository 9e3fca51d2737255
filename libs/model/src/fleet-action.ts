import type { VmId } from './ids.ts';

export const FLEET_ACTION_KINDS = ['launch', 'drain', 'stop', 'start', 'terminate'] as const;
export type FleetActionKind = (typeof FLEET_ACTION_KINDS)[number];

/** One decision of the planner. A launch names no VM yet: the ledger gives it one in the transaction that orders it. */
export type FleetAction =
  | {
      readonly kind: 'launch';
      readonly vo: string;
      readonly profile: string;
      readonly endpoint: string;
      readonly because: string;
    }
  | { readonly kind: 'drain' | 'stop' | 'start' | 'terminate'; readonly vmId: VmId; readonly because: string };
