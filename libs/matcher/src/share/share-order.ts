// Who is served next and why, for people to read: target, use and debt of every leaf with waiting jobs.
import { fluidShares } from './fluid-share.ts';
import { placeOf, type ShareTree, type Who } from './share-tree.ts';
import { type Account, standingOf, type Usage } from './usage.ts';

export interface ShareStanding {
  readonly key: string;
  readonly who: Who;
  readonly background: boolean;
  /** Of everything, as fractions: what it should get among those listed, and its part of what they used. */
  readonly target: number;
  readonly actual: number;
  /** Decayed core-seconds, those of them that are open, and those by which it is behind (below zero: ahead) its share. */
  readonly usedCoreS: number;
  readonly openCoreS: number;
  readonly debtCoreS: number;
  /** Core-seconds per weight at each level from the top; the turn goes to the lowest at the first that differs. */
  readonly standings: readonly number[];
}

const NONE: Account = { coreS: 0, openCoreS: 0, standing: 0, clock: 0, awake: false };

/** The leaves of `demanding` in the order of turns; usage is only read. */
export function shareOrder(tree: ShareTree, usage: Usage, demanding: readonly Who[]): readonly ShareStanding[] {
  const leaves = [...new Map(demanding.map((who) => [placeOf(tree, who).levels.at(-1)!.key, who])).values()];
  const targets = fluidShares(
    tree,
    leaves.map((who) => ({ who, cores: Number.POSITIVE_INFINITY })),
    1,
  );
  const read = leaves.map((who) => standingIn(tree, usage, who));
  const used = read.reduce((sum, { usedCoreS }) => sum + usedCoreS, 0);
  return read
    .map((one) => {
      const [target, actual] = [targets.get(one.key) ?? 0, used > 0 ? one.usedCoreS / used : 0];
      return { ...one, target, actual, debtCoreS: target * used - one.usedCoreS };
    })
    .sort(byTurn);
}

function standingIn(tree: ShareTree, usage: Usage, who: Who) {
  const { root, levels, background } = placeOf(tree, who);
  const accounts = [root, ...levels.map(({ key }) => key)].map((key) => usage.accounts.get(key) ?? NONE);
  const leaf = accounts.at(-1)!;
  return {
    key: levels.at(-1)!.key,
    who,
    background,
    usedCoreS: leaf.coreS,
    openCoreS: leaf.openCoreS,
    standings: levels.map((level, depth) => standingOf(accounts[depth + 1]!, accounts[depth]!, level)),
  };
}

function byTurn(left: ShareStanding, right: ShareStanding): number {
  if (left.background !== right.background) return left.background ? 1 : -1;
  for (const [depth, standing] of left.standings.entries()) {
    const difference = standing - (right.standings[depth] ?? standing);
    if (difference !== 0) return difference;
  }
  return left.key < right.key ? -1 : 1;
}
