// Makes an account say what the ledger says: other replicas charge too, and what was charged at a claim is a guess.
import type { Place } from '../turn.ts';
import { accountOf, type Usage } from './usage.ts';

/** Decayed core-seconds of one leaf; those of open jobs are among `coreS`. */
export interface LeafUse {
  readonly coreS: number;
  readonly openCoreS: number;
}

/** The difference moves the turn of the leaf and of all above it, as if it had been charged so from the beginning. */
export function square(usage: Usage, { levels }: Place, said: LeafUse): void {
  const leaf = accountOf(usage, levels.at(-1)!.key);
  const used = said.coreS - leaf.coreS;
  const open = said.openCoreS - leaf.openCoreS;
  for (const { key, weight } of levels) {
    const account = accountOf(usage, key);
    account.coreS = Math.max(0, account.coreS + used);
    account.openCoreS = Math.max(0, account.openCoreS + open);
    account.standing = Math.max(0, account.standing + used / weight);
  }
}
