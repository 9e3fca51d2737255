import type { CompiledNeed } from './compiled-need.ts';
import type { Candidate } from './turn.ts';

/** A candidate with its place in the order of age (then of queue id) among all candidates. */
export interface Ranked {
  readonly candidate: Candidate;
  readonly need: CompiledNeed;
  readonly rank: number;
}
