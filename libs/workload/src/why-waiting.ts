// Why a job still waits: whether a running VM can take it, one is on its way, or none can be started, and what stands
// against each. The same reason for many is one line.
import { counted, duration, fits, mismatches } from '@pilotfish/matcher';
import type { Job, Offer } from '@pilotfish/model';
import { type BootingVm, emptied, ofKind } from './estimate-start.ts';
import type { ClosedKind, WhyFacts, WhyLine } from './why-facts.ts';

/** Sorted by what they mean for this job. */
interface Chances {
  /** Running VMs that can take it now. */
  readonly able: readonly Offer[];
  /** Running VMs that could if less ran there. */
  readonly busy: readonly Offer[];
  /** Running VMs that never will. */
  readonly unfit: readonly Offer[];
  readonly booting: readonly BootingVm[];
  /** Kinds of VM that suit it, and those of them that can't be started now. */
  readonly kinds: readonly Offer[];
  readonly closed: readonly ClosedKind[];
}

export function whyWaiting(facts: WhyFacts): { summary: string; lines: readonly WhyLine[] } {
  const chances = chancesOf(facts);
  return { summary: summaryOf(facts, chances), lines: unique([...obstacles(facts, chances), ...circumstances(facts)]) };
}

function chancesOf({ job, running, capacity, booting, closed }: WhyFacts): Chances {
  const able = running.filter((offer) => fits(job, offer));
  const busy = running.filter((offer) => !able.includes(offer) && fits(job, emptied(offer)));
  const kinds = capacity.filter((offer) => fits(job, offer));
  return {
    able,
    busy,
    unfit: running.filter((offer) => !able.includes(offer) && !busy.includes(offer)),
    booting: booting.filter((vm) => kinds.some((offer) => ofKind(offer, vm))),
    kinds,
    closed: closed.filter((one) => kinds.some((offer) => ofKind(offer, one))),
  };
}

function summaryOf(facts: WhyFacts, chances: Chances): string {
  const { able, busy, booting, kinds, closed } = chances;
  if (able.length > 0) return `nothing is wrong: ${counted(able.length, 'running VM')} can take it in its turn`;
  if (kinds.length === 0 && busy.length === 0) return nothingSuits(facts);
  if (booting.length > 0)
    return `it waits for ${counted(booting.length, 'VM')} of the VO that ${booting.length === 1 ? 'is' : 'are'} booting`;
  const noMore = closed.length > 0 && closed.length === kinds.length;
  if (busy.length > 0) return `${allBusy(busy)}${noMore ? ', and no more can be started now' : ''}`;
  if (noMore) return `no VM that suits it runs, and none can be started now: ${closed[0]!.about} ${closed[0]!.text}`;
  return 'nothing is wrong: no VM that suits it runs yet, and the director starts one for waiting jobs';
}

function allBusy(busy: readonly Offer[]): string {
  const sum = (of: (offer: Offer) => number) => busy.reduce((total, offer) => total + of(offer), 0);
  const [total, free] = [sum((offer) => offer.total.processors), sum((offer) => offer.free.processors)];
  const which =
    busy.length === 1 ? 'the running VM that suits it has' : `the ${busy.length} running VMs that suit it have`;
  return `${which} no room now: ${total - free} of ${counted(total, 'core')} ${total === 1 ? 'is' : 'are'} busy`;
}

function nothingSuits({ job, capacity, retired }: WhyFacts): string {
  if (capacity.length === 0) {
    const since = retired.length > 0 ? ' any more' : '';
    return `VO ${job.vo} has no VM profile${since}, so nothing can run this job; a VO administrator adds one`;
  }
  const reasons = new Set(capacity.map((offer) => reasonsOf(job, offer)));
  if (reasons.size === 1) return `no profile of the VO can run it any more: it ${[...reasons][0]}`;
  return 'no profile of the VO can run this job any more; see the reasons below';
}

function obstacles({ job, capacity, retired }: WhyFacts, chances: Chances): readonly WhyLine[] {
  if (chances.able.length > 0) return [];
  const unsuited = capacity.filter((offer) => !chances.kinds.includes(offer));
  const gone = capacity.length > 0 ? [] : retired;
  return [
    ...grouped(job, chances.busy, (offer) => `VM at ${offer.endpoint} (profile ${offer.profile})`),
    ...grouped(job, chances.unfit, (offer) => `VM at ${offer.endpoint} (profile ${offer.profile})`),
    ...chances.booting.map(bootLine),
    ...chances.closed.map(({ about, text }) => ({ about, text })),
    ...grouped(job, unsuited, (offer) => `profile ${offer.profile} at ${offer.endpoint}`),
    ...gone.map(({ name, agoS }) => ({ about: `profile ${name}`, text: `was removed ${duration(agoS)} ago` })),
  ];
}

function bootLine({ profile, endpoint, forS, usualS }: BootingVm): WhyLine {
  const about = `VM at ${endpoint} (profile ${profile})`;
  const started = `was ordered ${duration(forS)} ago`;
  if (usualS === null) return { about, text: `${started}; no boot recorded yet` };
  const left = usualS > forS ? `about ${duration(usualS - forS)} left` : 'it is later than usual';
  return { about, text: `${started}; it usually takes ${duration(usualS)}, ${left}` };
}

function circumstances({ job, ahead, aheadInQueue, attempt, director }: WhyFacts): readonly WhyLine[] {
  const lines: WhyLine[] = [];
  const first = (count: number) => (count === 1 ? 'goes' : 'go');
  if (aheadInQueue > 0) {
    const text = `${counted(aheadInQueue, 'job')} with the same needs ${first(aheadInQueue)} first`;
    lines.push({ about: 'queue', text });
  }
  if (ahead > aheadInQueue)
    lines.push({ about: 'owner', text: `${counted(ahead, 'job')} of ${job.owner} ${first(ahead)} first` });
  if (attempt?.reason) lines.push({ about: `attempt ${attempt.n}`, text: attempt.reason });
  if (director) lines.push({ about: 'director', text: director });
  return lines;
}

const reasonsOf = (job: Job, offer: Offer): string =>
  mismatches(job, offer)
    .map(({ reason }) => reason)
    .join('; ');

/** One line for all nodes that fail for the same reasons. */
function grouped(job: Job, offers: readonly Offer[], name: (offer: Offer) => string): readonly WhyLine[] {
  const byReason = new Map<string, string[]>();
  for (const offer of offers) {
    const text = reasonsOf(job, offer);
    byReason.set(text, [...(byReason.get(text) ?? []), name(offer)]);
  }
  return [...byReason].map(([text, names]) => ({
    about: names.length === 1 ? names[0]! : `${names[0]} and ${names.length - 1} more`,
    text,
  }));
}

/** Two profiles may be kept from one endpoint by the same cap. */
function unique(lines: readonly WhyLine[]): readonly WhyLine[] {
  return [...new Map(lines.map((line) => [JSON.stringify([line.about, line.text]), line])).values()];
}
