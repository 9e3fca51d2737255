// Uploads what the user wants back and says what that means for the verdict: a file that isn't there is only noted
// (as DIRAC does), an output that can't be kept fails an otherwise good job.
import type { Assignment } from '@pilotfish/api-contract';
import { MINOR } from '@pilotfish/model';
import type { Delivery } from './delivery.ts';
import type { Verdict } from './exit-reason.ts';
import { MAX_SANDBOX_BYTES, packOutputs } from './output-sandbox.ts';

export interface OutputReport {
  readonly digest: string | null;
  readonly missing: readonly string[];
  /** Why the output isn't kept, and whether another node could do better. */
  readonly problem: { readonly reason: string; readonly fault: 'job' | 'node' } | undefined;
}

export async function sendOutputs(
  { jobId, n, payload }: Assignment,
  folder: string,
  delivery: Delivery,
): Promise<OutputReport> {
  if (payload.outputSandbox.length === 0) return { digest: null, missing: [], problem: undefined };
  const { archive, missing, tooLarge } = await packOutputs(folder, payload.outputSandbox);
  if (tooLarge) {
    const limit = MAX_SANDBOX_BYTES / 1024 / 1024;
    const reason = `the output sandbox is larger than ${limit} MiB; keep fewer files in it`;
    return { digest: null, missing, problem: { reason, fault: 'job' } };
  }
  if (archive === null) return { digest: null, missing, problem: undefined };
  const sent = await delivery.output({ jobId, n }, archive);
  if (sent.kind === 'accepted') return { digest: archive.digest, missing, problem: undefined };
  const problem =
    sent.kind === 'refused'
      ? { reason: `the output sandbox was refused: ${sent.problem.detail}`, fault: 'job' as const }
      : { reason: `the output sandbox could not be delivered: ${sent.reason}`, fault: 'node' as const };
  return { digest: null, missing, problem };
}

export function withOutputs(
  verdict: Verdict,
  outputs: OutputReport | undefined,
): { readonly verdict: Verdict; readonly digest: string | null } {
  if (outputs === undefined) return { verdict, digest: null };
  const missing =
    outputs.missing.length > 0 ? `not in the output sandbox, since nothing matches: ${outputs.missing.join(', ')}` : '';
  const reason = [verdict.reason, outputs.problem?.reason, missing].filter(Boolean).join('; ').slice(0, 2000);
  if (outputs.problem === undefined || verdict.result !== 'done') {
    return { verdict: { ...verdict, reason }, digest: outputs.digest };
  }
  const result = outputs.problem.fault === 'job' ? 'failed' : 'infrastructure';
  return { verdict: { ...verdict, result, minor: MINOR.outputFailed, reason }, digest: null };
}
