// What the ledger says of shares: the tree, and what everybody has used.
import type { ShareTree, Who } from '@pilotfish/matcher';

/** Decayed core-seconds up to now. */
export interface OwnerUse extends Who {
  readonly coreS: number;
  /** The same, with open attempts as long as they have run so far: for people to read. */
  readonly ranCoreS: number;
  /** Of these, those of open attempts, which count as if they took as long as the owner's usually do. */
  readonly openCoreS: number;
  /** Seconds that a job of the owner takes on average. */
  readonly expectedS: number;
}

export interface Shares {
  readonly tree: ShareTree;
  readonly use: readonly OwnerUse[];
  readonly halfLifeS: number;
  /** Seconds that a job of somebody without history is taken to last. */
  readonly expectedS: number;
}
