// Who is served next and why, for people to read: target, use and debt of every leaf with waiting jobs.
import { fluidShares } from './fluid-share.ts';
import { placeOf, type ShareTree, type Who } from './share-tree.ts';
import { type Account, standingOf, type Usage } from './usage.ts';

export interface StandingLevel {
  readonly key: string;
  readonly weight: number;
  /** Core-seconds per weight; among siblings the turn goes to the lowest. */
  readonly standing: number;
  /** Core-seconds by which it is behind its share among those of its siblings that are listed; below zero: ahead. */
  readonly debtCoreS: number;
}

export interface ShareStanding {
  readonly who: Who;
  readonly background: boolean;
  /** As fractions of all listed: what it should get, and its part of what they used. */
  readonly target: number;
  readonly actual: number;
  /** Decayed core-seconds; those of open jobs are among them. */
  readonly usedCoreS: number;
  readonly openCoreS: number;
  /** From the VO down. */
  readonly levels: readonly StandingLevel[];
}

type Read = Omit<StandingLevel, 'debtCoreS'> & { readonly parent: string; readonly account: Account };

const NONE: Account = { coreS: 0, openCoreS: 0, standing: 0, clock: 0, awake: false };

/** The leaves of `demanding` in the order of turns, one entry for all who share a leaf; usage is only read. */
export function shareOrder(tree: ShareTree, usage: Usage, demanding: readonly Who[]): readonly ShareStanding[] {
  const leaves = [...new Map(demanding.map((who) => [placeOf(tree, who).levels.at(-1)!.key, who])).values()];
  const paths = leaves.map((who) => read(tree, usage, who));
  const means = meanStandings(paths.flat());
  const targets = fluidShares(
    tree,
    leaves.map((who) => ({ who, cores: Number.POSITIVE_INFINITY })),
    1,
  );
  const used = paths.reduce((sum, path) => sum + path.at(-1)!.account.coreS, 0);
  return leaves
    .map((who, at) => {
      const path = paths[at]!;
      const { key, account } = path.at(-1)!;
      return {
        who,
        background: placeOf(tree, who).background,
        target: targets.get(key) ?? 0,
        actual: used > 0 ? account.coreS / used : 0,
        usedCoreS: account.coreS,
        openCoreS: account.openCoreS,
        levels: path.map((level) => ({
          key: level.key,
          weight: level.weight,
          standing: level.standing,
          debtCoreS: level.weight * (means.get(level.parent)! - level.standing),
        })),
      };
    })
    .sort(byTurn);
}

function read(tree: ShareTree, usage: Usage, who: Who): readonly Read[] {
  const { root, levels } = placeOf(tree, who);
  const accountAt = (key: string) => usage.accounts.get(key) ?? NONE;
  return levels.map((level, depth) => {
    const parent = levels[depth - 1]?.key ?? root;
    const account = accountAt(level.key);
    const standing = standingOf(account, accountAt(parent), level);
    return { key: level.key, weight: level.weight, parent, account, standing };
  });
}

/** By parent: where all its listed children would stand if they had been served like a fluid. */
function meanStandings(all: readonly Read[]): ReadonlyMap<string, number> {
  const sums = new Map<string, { standing: number; weight: number }>();
  for (const { parent, standing, weight } of new Map(all.map((one) => [one.key, one])).values()) {
    const sum = sums.get(parent) ?? { standing: 0, weight: 0 };
    sums.set(parent, { standing: sum.standing + standing * weight, weight: sum.weight + weight });
  }
  return new Map([...sums].map(([parent, { standing, weight }]) => [parent, standing / weight]));
}

function byTurn(left: ShareStanding, right: ShareStanding): number {
  if (left.background !== right.background) return left.background ? 1 : -1;
  for (const [depth, { standing, key }] of left.levels.entries()) {
    const other = right.levels[depth];
    if (other === undefined || other.key === key) continue;
    return standing - other.standing || (key < other.key ? -1 : 1);
  }
  return 0;
}
