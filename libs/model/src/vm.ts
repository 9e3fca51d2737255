import type { PilotId, VmId } from './ids.ts';
import type { Resources } from './offer.ts';
import type { VmState } from './vm-state.ts';

export interface Vm {
  readonly id: VmId;
  readonly vo: string;
  readonly endpoint: string;
  readonly profile: string;
  readonly profileVersion: number;
  readonly state: VmState;
  /** What was ordered; the pilot's own probe replaces it at the first beat. */
  readonly capacity: Resources;
  /** The cloud's own name for the machine, once known. */
  readonly providerId: string | null;
  /** Why it was started. */
  readonly because: string;
  /** Why it is leaving, once it is. */
  readonly retireReason: string | null;
  readonly publicKey: string | null;
  /** Set when a second key came with a spent activation key: nothing speaks for this VM any more. */
  readonly lockedAt: Date | null;
  readonly pilotId: PilotId | null;
  readonly orderedAt: Date;
  readonly activatedAt: Date | null;
  readonly lastBeatAt: Date | null;
  /** When its last open attempt ended, or its activation; null while attempts are open. */
  readonly idleSince: Date | null;
  readonly endedAt: Date | null;
}

/** What the monitor agent measures; sizes in MiB. */
export interface VmHealth {
  readonly load1: number;
  readonly cpuBusy: number;
  readonly memoryUsedMb: number;
  readonly memoryTotalMb: number;
  readonly diskFreeMb: number;
  readonly uptimeS: number;
  readonly pilotRunning: boolean;
}
