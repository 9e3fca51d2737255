// The clocks of one VM.
import type { Vm } from '@pilotfish/model';

/** When its life is over, ms. It counts from the activation, so that a slow boot doesn't cost the jobs their time. */
export function endsAt(vm: Pick<Vm, 'activatedAt' | 'orderedAt'>, maxLifeS: number): number {
  return (vm.activatedAt ?? vm.orderedAt).getTime() + maxLifeS * 1000;
}

/** The latest moment at which it is known to have lived, ms. */
export function lastSignOfLife(vm: Pick<Vm, 'lastBeatAt' | 'activatedAt' | 'orderedAt'>): number {
  return Math.max(vm.orderedAt.getTime(), vm.activatedAt?.getTime() ?? 0, vm.lastBeatAt?.getTime() ?? 0);
}
