import { CloudError } from '@pilotfish/fleet';
import type { LocalSettings } from './config.ts';
import type { MachineRecord } from './machine.ts';

/** Fails as a cloud would: a full quota of machines, or no host with that many processors left. */
export function checkCapacity(
  others: readonly MachineRecord[],
  wanted: Pick<MachineRecord, 'processors'>,
  { maxVms, maxProcessors }: Pick<LocalSettings, 'maxVms' | 'maxProcessors'>,
): void {
  if (maxVms !== undefined && others.length >= maxVms) {
    throw new CloudError('quota', `This cloud holds ${maxVms} machines at most, and has ${others.length}.`);
  }
  const used = others.reduce((sum, { processors }) => sum + processors, 0);
  if (maxProcessors !== undefined && used + wanted.processors > maxProcessors) {
    throw new CloudError(
      'capacity',
      `${wanted.processors} processors are wanted; ${maxProcessors - used} of ${maxProcessors} are left.`,
    );
  }
}
