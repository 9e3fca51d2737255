// The share tree as people read it: per VO, group and user what it should get, what it got, and what it is owed.
import { noUsage, placeOf, type ShareNode, type ShareTree, shareOrder, square, type Who } from '@pilotfish/matcher';
import type { Shares } from './shares.ts';

export interface ShareNodeStanding {
  readonly vo: string;
  readonly group: string | null;
  readonly owner: string | null;
  readonly weight: number;
  readonly shared: boolean;
  /** As fractions of all that is shared: what it should get, and its part of what was used. */
  readonly target: number;
  readonly actual: number;
  /** Decayed core-seconds. */
  readonly usedCoreS: number;
  /** Core-seconds by which it is behind its siblings; below zero: ahead. */
  readonly debtCoreS: number;
}

type Path = readonly [vo: string, group?: string, owner?: string];
type Growing = { -readonly [Field in keyof ShareNodeStanding]: ShareNodeStanding[Field] };

/** Those who used something or have waiting jobs share; others that have a weight of their own are listed with nothing. */
export function shareNodes({ tree, use }: Shares, waiting: readonly Who[]): readonly ShareNodeStanding[] {
  const usage = noUsage();
  const sums = new Map<string, number>();
  for (const { ranCoreS, ...who } of use) {
    const place = placeOf(tree, who);
    const { key } = place.levels.at(-1)!;
    const coreS = (sums.get(key) ?? 0) + ranCoreS;
    sums.set(key, coreS);
    square(usage, place, { coreS, openCoreS: 0 });
  }
  const nodes = new Map<string, Growing>();
  for (const path of pathsOf(tree)) nodeAt(nodes, tree, path);
  for (const { who, target, actual, usedCoreS, levels } of shareOrder(tree, usage, [...use, ...waiting])) {
    for (const [depth, { debtCoreS }] of levels.entries()) {
      const node = nodeAt(nodes, tree, [who.vo, who.group, who.owner].slice(0, depth + 1) as unknown as Path);
      node.target += target;
      node.actual += actual;
      node.usedCoreS += usedCoreS;
      node.debtCoreS = debtCoreS;
    }
  }
  return [...nodes].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, node]) => node);
}

function nodeAt(nodes: Map<string, Growing>, tree: ShareTree, path: Path): Growing {
  const key = path.join('\0');
  const known = nodes.get(key);
  if (known !== undefined) return known;
  const { weight = 1, shared = false } = path.reduce<ShareNode>(memberOf, tree);
  const [vo, group = null, owner = null] = path;
  const node = { vo, group, owner, weight, shared, target: 0, actual: 0, usedCoreS: 0, debtCoreS: 0 };
  nodes.set(key, node);
  return node;
}

const memberOf = ({ members }: ShareNode, name: string | undefined): ShareNode =>
  name !== undefined && members !== undefined && Object.hasOwn(members, name) ? members[name]! : {};

function pathsOf({ members = {} }: ShareTree, above: readonly string[] = []): readonly Path[] {
  return Object.entries(members).flatMap(([name, node]) => {
    const path = [...above, name];
    return [path as unknown as Path, ...pathsOf(node, path)];
  });
}
