// What must be known of a job and its VO's fleet to say why the job is where it is.
import type { Attempt } from '@pilotfish/model';
import type { Prospects } from './estimate-start.ts';

export interface WhyFacts extends Prospects {
  /** Kinds of VM of which none can be started now; `about` and `text` make a sentence. */
  readonly closed: readonly ClosedKind[];
  /** Profiles that the VO had. */
  readonly retired: readonly { readonly name: string; readonly agoS: number }[];
  /** Jobs of the same queue that go first; `ahead` counts all of the owner's. */
  readonly aheadInQueue: number;
  /** The newest order or refusal of the director for this VO. */
  readonly director: string | null;
  /** The newest. */
  readonly attempt: LastAttempt | null;
}

export interface ClosedKind extends WhyLine {
  readonly profile: string;
  readonly endpoint: string;
}

export type LastAttempt = Pick<Attempt, 'n' | 'vmId' | 'exitCode' | 'reason'> & {
  readonly endpoint: string;
  /** Since its claim. */
  readonly forS: number;
};

export interface WhyLine {
  readonly about: string;
  readonly text: string;
}
