// Why a job is where it is, in sentences, from what the matcher, the ledger and the director know.
import { duration } from '@pilotfish/matcher';
import { type EstimatedStart, estimateStart } from './estimate-start.ts';
import type { WhyFacts, WhyLine } from './why-facts.ts';
import { whyWaiting } from './why-waiting.ts';

export interface Why {
  readonly summary: string;
  readonly lines: readonly WhyLine[];
  readonly estimatedStart: EstimatedStart | null;
}

export function why(facts: WhyFacts): Why {
  if (facts.job.state === 'Waiting') return { ...whyWaiting(facts), estimatedStart: estimateStart(facts) };
  const { attempt, job } = facts;
  const lines: WhyLine[] = attempt?.reason ? [{ about: `attempt ${attempt.n}`, text: attempt.reason }] : [];
  if (job.killReason) lines.push({ about: 'kill', text: job.killReason });
  return { summary: summaryOf(facts), lines, estimatedStart: null };
}

function summaryOf({ job, attempt }: WhyFacts): string {
  if (attempt === null) return job.state === 'Killed' ? 'it was killed before it started' : job.minor;
  const where = `attempt ${attempt.n} on VM ${attempt.vmId.slice(0, 8)} at ${attempt.endpoint}`;
  switch (job.state) {
    case 'Matched':
    case 'Running':
    case 'Completing':
      return `${where}, for ${duration(attempt.forS)}: ${job.minor}`;
    case 'Done':
      return `it finished well in ${where}: ${job.minor}`;
    case 'Failed':
      return `it failed in ${where}: ${job.minor}${exitOf(attempt.exitCode)}`;
    case 'Killed':
      return `it was killed in ${where}: ${job.minor}`;
    default:
      return job.minor;
  }
}

const exitOf = (exitCode: number | null): string => (exitCode === null ? '' : ` (exit code ${exitCode})`);
