// When a waiting job will likely start: the slots that there are and that come soon, taken in turn by the jobs ahead.
import { counted, duration, fits } from '@pilotfish/matcher';
import type { Job, Offer, Resources } from '@pilotfish/model';

/** A VM on its way. `usualS`: from order to activation in the median of the profile's recent VMs; null: none yet. */
export interface BootingVm {
  readonly profile: string;
  readonly endpoint: string;
  readonly forS: number;
  readonly usualS: number | null;
}

/** An open attempt on a running VM of the VO. */
export interface OpenAttempt {
  readonly profile: string;
  readonly endpoint: string;
  readonly processors: number;
  readonly forS: number;
}

export interface Prospects {
  /** ms since the epoch */
  readonly now: number;
  readonly job: Job;
  /** An empty node of each kind that the VO may have. */
  readonly capacity: readonly Offer[];
  readonly running: readonly Offer[];
  readonly booting: readonly BootingVm[];
  readonly open: readonly OpenAttempt[];
  /** Jobs of its owner that go first. */
  readonly ahead: number;
  /** Median of the recent attempts of its queue, else of its owner; null: none has ended yet. */
  readonly runS: number | null;
}

export interface EstimatedStart {
  readonly at: Date;
  readonly because: string;
}

const SHORTEST_RUN_S = 1;
const EXACT_TO_S = 0.01;

/** Places of the job's size that come free `inS` seconds from now. */
interface Slots {
  readonly inS: number;
  readonly count: number;
}

/**
 * Null when nothing measured says so. Jobs of other owners, and VMs that are not ordered yet, are not counted: the first
 * makes the estimate early, the second late.
 */
export function estimateStart(prospects: Prospects): EstimatedStart | null {
  const { now, ahead, runS } = prospects;
  const slots = [...freeNow(prospects), ...bootingSlots(prospects), ...endingSlots(prospects)].filter(
    ({ count }) => count > 0,
  );
  const inS = turnOf(slots, ahead, runS);
  return inS === null ? null : { at: new Date(now + inS * 1000), because: because(prospects, inS) };
}

function freeNow({ job, running }: Prospects): Slots[] {
  return running.filter((offer) => fits(job, offer)).map(({ free }) => ({ inS: 0, count: places(job, free) }));
}

function bootingSlots({ job, capacity, booting }: Prospects): Slots[] {
  return booting.flatMap((vm) => {
    const node = capacity.find((offer) => ofKind(offer, vm) && fits(job, offer));
    if (node === undefined || vm.usualS === null) return [];
    return [{ inS: Math.max(0, vm.usualS - vm.forS), count: places(job, node.total) }];
  });
}

/** An attempt that has run longer than usual may end any time. */
function endingSlots({ job, running, open, runS }: Prospects): Slots[] {
  if (runS === null) return [];
  return open.flatMap((attempt) => {
    const suits = running.some((offer) => ofKind(offer, attempt) && fits(job, emptied(offer)));
    const count = Math.floor(attempt.processors / cores(job));
    return suits ? [{ inS: Math.max(0, runS - attempt.forS), count }] : [];
  });
}

/** A slot is taken every `runS` seconds; with an unknown run time only once. */
function turnOf(slots: readonly Slots[], ahead: number, runS: number | null): number | null {
  const takenBy = (seconds: number) =>
    slots.reduce((sum, { inS, count }) => (inS > seconds ? sum : sum + count * rounds(seconds - inS, runS)), 0);
  if (slots.length === 0) return null;
  let [low, high] = [0, Math.max(...slots.map(({ inS }) => inS)) + ahead * Math.max(SHORTEST_RUN_S, runS ?? 0) + 1];
  if (takenBy(low) > ahead) return low;
  if (takenBy(high) <= ahead) return null;
  while (high - low > EXACT_TO_S) {
    const middle = (low + high) / 2;
    if (takenBy(middle) > ahead) high = middle;
    else low = middle;
  }
  return high;
}

const rounds = (seconds: number, runS: number | null): number =>
  runS === null ? 1 : 1 + Math.floor(seconds / Math.max(SHORTEST_RUN_S, runS));

function because({ job, running, booting, ahead, runS }: Prospects, inS: number): string {
  const able = running.filter((offer) => fits(job, offer)).length;
  if (inS === 0 && able > 0) return `${counted(able, 'running VM')} can take it`;
  const parts: string[] = [];
  if (ahead > 0) parts.push(`${counted(ahead, 'job')} of ${job.owner} ${ahead === 1 ? 'goes' : 'go'} first`);
  if (runS !== null) parts.push(`such jobs take ${duration(runS)}`);
  const usual = booting.find(({ usualS }) => usualS !== null)?.usualS;
  if (usual !== undefined && usual !== null)
    parts.push(`${counted(booting.length, 'VM')} on the way, usually up in ${duration(usual)}`);
  return parts.join('; ');
}

const cores = (job: Job): number => Math.max(1, job.requirements.processors.min);

function places(job: Job, { processors, memoryMb }: Resources): number {
  const byCores = Math.floor(processors / cores(job));
  const asked = job.requirements.memoryMb;
  if (job.requirements.wholeNode) return Math.min(1, byCores);
  return asked > 0 ? Math.min(byCores, Math.floor(memoryMb / asked)) : byCores;
}

/** The same node with nothing on it. */
export const emptied = (offer: Offer): Offer => ({ ...offer, free: offer.total, empty: true });

export const ofKind = (offer: Offer, { profile, endpoint }: { profile: string; endpoint: string }): boolean =>
  offer.profile === profile && offer.endpoint === endpoint;
