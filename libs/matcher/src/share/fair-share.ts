// The share tree as a rule of turns.
import type { Resources, TaskQueue } from '@pilotfish/model';
import type { Place, Places, TurnNode, TurnRule } from '../turn.ts';
import { placeOf, type ShareTree } from './share-tree.ts';
import { type Account, accountOf, standingOf, type Usage } from './usage.ts';

export interface FairShareOptions {
  /**
   * Core-seconds that a leaf may be owed because others packed better; one core-day when absent. With 0 packing passes
   * over nobody, and where jobs of several sizes share busy nodes the large ones lose their places to single cores, which
   * keeps them from their share; some four of the largest jobs are enough.
   */
  readonly packingDebtCoreS?: number;
  /** Seconds that a job of the queue is expected to run; its limit when absent. The better the guess, the fairer. */
  readonly expectedS?: (queue: TaskQueue) => number;
  /** Cores that one GPU counts as; 0 when absent. */
  readonly gpuCores?: number;
}

const PACKING_DEBT_CORE_S = 86_400;

/** By tree: what fills derive from a tree is kept as long as the same object is passed. */
const placesByTree = new WeakMap<ShareTree, Places>();

/** By usage, then by list of nodes: the accounts that stand behind the nodes, so that no fill looks up keys. */
const accountsByUsage = new WeakMap<Usage, WeakMap<readonly TurnNode[], readonly Account[]>>();

/** Usage is read when a fill begins and never charged: the caller charges what was claimed, with `expectedCoreS`. */
export function fairShare(tree: ShareTree, usage: Usage, options: FairShareOptions = {}): TurnRule {
  return {
    places: placesOf(tree),
    starts: (nodes) => startsOf(usage, nodes),
    cost: ({ queue }, each) => expectedCoreS(queue, each, options),
    packingDebt: options.packingDebtCoreS ?? PACKING_DEBT_CORE_S,
  };
}

/** What to charge for a job of the queue that got `each`. */
export function expectedCoreS(queue: TaskQueue, each: Resources, options: FairShareOptions = {}): number {
  const cores = each.processors + each.gpus * (options.gpuCores ?? 0);
  return cores * (options.expectedS?.(queue) ?? limitOf(queue));
}

function limitOf({ requirements: { cpuTimeS, wallTimeS } }: TaskQueue): number {
  return wallTimeS > 0 ? Math.min(wallTimeS, cpuTimeS) : cpuTimeS;
}

function placesOf(tree: ShareTree): Places {
  const known = placesByTree.get(tree);
  if (known !== undefined) return known;
  const byQueue = new WeakMap<TaskQueue, Place>();
  const places: Places = {
    placeOf: (queue) => {
      const place = byQueue.get(queue) ?? placeOf(tree, queue);
      byQueue.set(queue, place);
      return place;
    },
  };
  placesByTree.set(tree, places);
  return places;
}

function startsOf(usage: Usage, nodes: readonly TurnNode[]): Float64Array {
  const accounts = accountsOf(usage, nodes);
  const starts = new Float64Array(nodes.length);
  for (let at = 1; at < nodes.length; at++) {
    const node = nodes[at]!;
    starts[at] = standingOf(accounts[at]!, accounts[node.parent]!, node);
  }
  return starts;
}

function accountsOf(usage: Usage, nodes: readonly TurnNode[]): readonly Account[] {
  let byNodes = accountsByUsage.get(usage);
  if (byNodes === undefined) {
    byNodes = new WeakMap();
    accountsByUsage.set(usage, byNodes);
  }
  const known = byNodes.get(nodes);
  if (known !== undefined) return known;
  const accounts = nodes.map(({ key }) => accountOf(usage, key));
  byNodes.set(nodes, accounts);
  return accounts;
}
