import type { MachineStatus } from '@pilotfish/fleet';
import type { MachineRecord } from './machine.ts';

export interface PowerFacts {
  readonly isRunning: boolean;
  /** Of the boot's commands, when they have ended by themselves. */
  readonly exitCode: number | undefined;
}

/** A machine whose boot ended by itself is stopped when it ended well (it halted) and in error otherwise. */
export function machineStatus(
  { power, createdAt, bootedAt }: Pick<MachineRecord, 'power' | 'createdAt' | 'bootedAt'>,
  { isRunning, exitCode }: PowerFacts,
  bootDelayS: number,
  now: Date,
): MachineStatus {
  if (isRunning) {
    const readyAt = Date.parse(bootedAt ?? createdAt) + bootDelayS * 1000;
    return now.getTime() < readyAt ? 'building' : 'active';
  }
  if (power !== 'on') return 'stopped';
  if (exitCode !== undefined && exitCode !== 0) return 'error';
  return bootedAt === null ? 'building' : 'stopped';
}
