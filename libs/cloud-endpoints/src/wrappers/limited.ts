// One call at a time for each VM, and not too many at once for the whole cloud; the others wait.
import type { Cloud } from '@pilotfish/fleet';
import type { VmId } from '@pilotfish/model';
import { Turns } from './turns.ts';

export interface ConcurrencyLimits {
  /** Calls under way at the same time. */
  readonly atOnce: number;
}

export function limited(cloud: Cloud, limits: ConcurrencyLimits = { atOnce: 8 }): Cloud {
  const turns = new Turns();
  const waiting: (() => void)[] = [];
  let free = limits.atOnce;

  async function slot<T>(call: () => Promise<T>): Promise<T> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await call();
    } finally {
      // Handed on directly, so that a newcomer can't overtake.
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  }

  // The turn is taken before the slot: calls queued for one VM hold no slot that others could use.
  const forVm = <T>(vmId: VmId, call: () => Promise<T>) => turns.run(vmId, () => slot(call));
  return {
    list: () => slot(() => cloud.list()),
    launch: (order) => forVm(order.vmId, () => cloud.launch(order)),
    terminate: (vmId) => forVm(vmId, () => cloud.terminate(vmId)),
    stop: (vmId) => forVm(vmId, () => cloud.stop(vmId)),
    start: (vmId) => forVm(vmId, () => cloud.start(vmId)),
    consoleLog: (vmId) => forVm(vmId, () => cloud.consoleLog(vmId)),
  };
}
