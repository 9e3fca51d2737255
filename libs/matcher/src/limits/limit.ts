// Running limits and matching delays as data, and which of them a job on a node falls under (DIRAC RunningLimit and
// MatchingDelay, for any combination of dimensions).
import type { Offer } from '@pilotfish/model';
import type { Need } from '../need.ts';

/** A limit applies where all that it names is equal; one that names nothing applies everywhere. */
export interface Dimensions {
  readonly vo?: string;
  readonly group?: string;
  readonly owner?: string;
  readonly site?: string;
  readonly endpoint?: string;
  readonly jobType?: string;
}

/** At most `max` running jobs or processors. */
export interface Limit {
  readonly id: string;
  readonly dimensions: Dimensions;
  readonly max: number;
  readonly unit: 'jobs' | 'processors';
}

/** After a match, no other one for `delayS` seconds. */
export interface Delay {
  readonly id: string;
  readonly dimensions: Dimensions;
  readonly delayS: number;
}

/** Where a job would run. */
export type Where = Pick<Offer, 'site' | 'endpoint'>;

/** Those that apply, by id: counters are always taken in this order, so that two claims never wait for each other. */
export function limitsOf<L extends Pick<Limit, 'id' | 'dimensions'>>(
  need: Need,
  where: Where,
  limits: readonly L[],
): readonly L[] {
  return limits.filter(({ dimensions }) => applies(dimensions, need, where)).sort(byId);
}

/** By code units: the same order in every process. */
function byId(left: { readonly id: string }, right: { readonly id: string }): number {
  if (left.id === right.id) return 0;
  return left.id < right.id ? -1 : 1;
}

function applies(dimensions: Dimensions, need: Need, where: Where): boolean {
  return (
    isOrOpen(dimensions.vo, need.vo) &&
    isOrOpen(dimensions.group, need.group) &&
    isOrOpen(dimensions.owner, need.owner) &&
    isOrOpen(dimensions.site, where.site) &&
    isOrOpen(dimensions.endpoint, where.endpoint) &&
    isOrOpen(dimensions.jobType, need.requirements.jobType)
  );
}

function isOrOpen(named: string | undefined, value: string): boolean {
  return named === undefined || named === value;
}
