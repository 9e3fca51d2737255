// What limits leave for one batch of picks: every pick is taken off at once, so that the batch as a whole stays within.
import type { Resources } from '@pilotfish/model';
import type { Need } from '../need.ts';
import { type Delay, type Dimensions, type Limit, limitsOf, type Where } from './limit.ts';

/** What one limit still allows in this batch; picks lower `left`. */
export interface Allowance {
  readonly id: string;
  readonly unit: 'jobs' | 'processors';
  left: number;
}

/** Every allowance that a job there uses; none: unlimited. Equal limits are equal objects. */
export type Room = (need: Need, where: Where) => readonly Allowance[];

export interface Delays {
  readonly delays: readonly Delay[];
  /** By delay id: when a job was last matched, seconds since the epoch. */
  readonly lastMatchS: ReadonlyMap<string, number>;
  readonly nowS: number;
}

/**
 * `counters`: by limit id, the jobs or processors that run now; missing means none. A delay allows one job once it has
 * passed. One room serves one batch: asks that are claimed together share it.
 */
export function room(limits: readonly Limit[], counters: ReadonlyMap<string, number>, delays?: Delays): Room {
  const bounds = [
    ...limits.map(({ id, dimensions, max, unit }) => bound(id, dimensions, unit, max - (counters.get(id) ?? 0))),
    ...(delays?.delays ?? []).map(({ id, dimensions, delayS }) => {
      const last = delays?.lastMatchS.get(id);
      const due = last === undefined || delays === undefined || delays.nowS - last >= delayS;
      return bound(id, dimensions, 'jobs', due ? 1 : 0);
    }),
  ];
  return (need, where) => limitsOf(need, where, bounds).map(({ allowance }) => allowance);
}

function bound(id: string, dimensions: Dimensions, unit: Allowance['unit'], left: number) {
  const allowance: Allowance = { id, unit, left: Math.max(0, left) };
  return { id, dimensions, allowance };
}

/** Whether one more job with at least `cores` is allowed. */
export function allows(allowances: readonly Allowance[], cores: number): boolean {
  return allowances.every(({ unit, left }) => left >= (unit === 'jobs' ? 1 : cores));
}

/** The most cores that one more job may get. */
export function mostCores(allowances: readonly Allowance[]): number {
  return Math.min(...allowances.filter(({ unit }) => unit === 'processors').map(({ left }) => left));
}

export function use(allowances: readonly Allowance[], each: Resources): void {
  for (const allowance of allowances) allowance.left -= allowance.unit === 'jobs' ? 1 : each.processors;
}
