// Why a job is where it is, in sentences, from what the matcher, the ledger and the director know.
import { counted, fits, mismatches } from '@pilotfish/matcher';
import type { Job, Offer } from '@pilotfish/model';

export interface WhyFacts {
  readonly job: Job;
  /** Empty nodes of every profile of the VO. */
  readonly capacity: readonly Offer[];
  /** Running nodes of the VO as they are now. */
  readonly running: readonly Offer[];
  readonly booting: number;
  /** Jobs of the same queue that go first. */
  readonly ahead: number;
  /** The newest order or refusal of the director for this VO. */
  readonly director: string | null;
  readonly lastReason: string | null;
}

export interface WhyLine {
  readonly about: string;
  readonly text: string;
}

export interface Why {
  readonly summary: string;
  readonly lines: readonly WhyLine[];
}

export function why(facts: WhyFacts): Why {
  return facts.job.state === 'Waiting' ? whyWaiting(facts) : whyNotWaiting(facts);
}

function whyWaiting(facts: WhyFacts): Why {
  const { job, running, capacity } = facts;
  const able = running.filter((offer) => fits(job, offer));
  const lines: WhyLine[] = [
    ...grouped(
      job,
      running.filter((offer) => !able.includes(offer)),
      (offer) => `VM at ${offer.endpoint} (profile ${offer.profile})`,
    ),
    ...grouped(
      job,
      capacity.filter((offer) => !fits(job, offer)),
      (offer) => `profile ${offer.profile} at ${offer.endpoint}`,
    ),
  ];
  if (facts.ahead > 0) {
    const text = `${counted(facts.ahead, 'job')} with the same needs ${facts.ahead === 1 ? 'goes' : 'go'} first`;
    lines.push({ about: 'queue', text });
  }
  if (facts.lastReason) lines.push({ about: 'last attempt', text: facts.lastReason });
  if (facts.director) lines.push({ about: 'director', text: facts.director });
  return { summary: summaryOfWaiting(facts, able.length), lines };
}

function summaryOfWaiting({ job, capacity, running, booting }: WhyFacts, able: number): string {
  if (capacity.length === 0)
    return `VO ${job.vo} has no VM profile, so nothing can run this job; a VO administrator adds one`;
  if (!capacity.some((offer) => fits(job, offer)))
    return 'no profile of the VO can run this job any more; see the reasons below';
  if (able > 0) return `nothing is wrong: ${counted(able, 'running VM')} can take it in its turn`;
  if (booting > 0)
    return `it waits for ${counted(booting, 'VM')} of the VO that ${booting === 1 ? 'is' : 'are'} booting`;
  if (running.length > 0) return 'the running VMs of the VO have no room for it now';
  return 'no VM of the VO runs yet; the director starts one for waiting jobs';
}

function whyNotWaiting({ job, lastReason }: WhyFacts): Why {
  const lines = lastReason ? [{ about: 'last attempt', text: lastReason }] : [];
  if (job.killReason) lines.push({ about: 'kill', text: job.killReason });
  return { summary: job.minor, lines };
}

/** One line for all nodes that fail for the same reasons. */
function grouped(job: Job, offers: readonly Offer[], name: (offer: Offer) => string): readonly WhyLine[] {
  const byReason = new Map<string, string[]>();
  for (const offer of offers) {
    const text = mismatches(job, offer)
      .map(({ reason }) => reason)
      .join('; ');
    byReason.set(text, [...(byReason.get(text) ?? []), name(offer)]);
  }
  return [...byReason].map(([text, names]) => ({
    about: names.length === 1 ? names[0]! : `${names[0]} and ${names.length - 1} more`,
    text,
  }));
}
