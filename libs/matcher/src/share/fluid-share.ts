// The ideal that the turns approach: capacity poured through the share tree like a fluid, over those who have use for it.
import { placeOf, type ShareTree, type Who } from './share-tree.ts';

export interface Demand {
  readonly who: Who;
  /** Cores that he could use now; Infinity: all there are. */
  readonly cores: number;
}

interface Vessel {
  readonly weight: number;
  readonly children: Map<string, Vessel>;
  demand: number;
}

/**
 * Cores per node of the tree, by key. What one has no use for goes to his siblings, by weight; what nobody has use for,
 * to background shares.
 */
export function fluidShares(tree: ShareTree, demands: readonly Demand[], cores: number): ReadonlyMap<string, number> {
  const [usual, background] = [vessel(1), vessel(1)];
  for (const { who, cores: demand } of demands) {
    const place = placeOf(tree, who);
    let at = place.background ? background : usual;
    at.demand += demand;
    for (const { key, weight } of place.levels) {
      const child = at.children.get(key) ?? vessel(weight);
      at.children.set(key, child);
      child.demand += demand;
      at = child;
    }
  }
  const shares = new Map<string, number>();
  const first = Math.min(cores, usual.demand);
  pour(usual, first, shares);
  pour(background, Math.min(cores - first, background.demand), shares);
  return shares;
}

function vessel(weight: number): Vessel {
  return { weight, children: new Map(), demand: 0 };
}

/** Not by difference: that of two infinities is no number. */
function compare(left: number, right: number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function pour({ children }: Vessel, amount: number, shares: Map<string, number>): void {
  // Those filled first are the ones that want least for their weight; the rest is shared anew among the others.
  const byNeed = [...children].sort(([, left], [, right]) =>
    compare(left.demand / left.weight, right.demand / right.weight),
  );
  let rest = amount;
  let weights = byNeed.reduce((sum, [, { weight }]) => sum + weight, 0);
  for (const [key, child] of byNeed) {
    const share = Math.min(child.demand, (rest * child.weight) / weights);
    shares.set(key, share);
    pour(child, share, shares);
    rest -= share;
    weights -= child.weight;
  }
}
