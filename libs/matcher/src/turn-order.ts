// The order of turns during one fill: in each node of the tree a heap of the children that still have something to give.
import type { TurnTree } from './turn-tree.ts';

const ROOT = 0;

export class TurnOrder {
  readonly #tree: TurnTree;
  /** Where each node stands now. */
  readonly #starts: Float64Array;
  /** Made when first looked at: most nodes never are. */
  readonly #heaps: (number[] | undefined)[];
  /** Each node's position in the heap of its parent. */
  readonly #positions: Int32Array;

  constructor(tree: TurnTree, starts: Float64Array) {
    this.#tree = tree;
    this.#starts = starts;
    this.#heaps = new Array(tree.nodes.length);
    this.#positions = new Int32Array(tree.nodes.length);
  }

  /** The leaf whose turn it is; undefined when all are closed. */
  head(): number | undefined {
    if (this.#tree.nodes.length === 0) return undefined;
    let node = ROOT;
    while (this.#tree.lanes[node] === undefined) {
      const top = this.#heap(node)[0];
      if (top === undefined) return undefined;
      node = top;
    }
    return node;
  }

  /** Nothing of this leaf fits any more. */
  close(leaf: number): void {
    let node = leaf;
    while (node !== ROOT) {
      const parent = this.#tree.nodes[node]!.parent;
      const heap = this.#heap(parent);
      const at = this.#positions[node]!;
      const last = heap.pop()!;
      if (last !== node) {
        heap[at] = last;
        this.#positions[last] = at;
        this.#down(heap, at);
        this.#up(heap, this.#positions[last]!);
      }
      if (heap.length > 0) return;
      node = parent;
    }
  }

  charge(leaf: number, cost: number): void {
    for (let node = leaf; node !== ROOT; node = this.#tree.nodes[node]!.parent) {
      const { parent, weight } = this.#tree.nodes[node]!;
      this.#starts[node] = this.#starts[node]! + cost / weight;
      this.#down(this.#heap(parent), this.#positions[node]!);
    }
  }

  /**
   * Leaves in the order of turns, at most `most`, the head first: those that may be served although others come before
   * them, since every sibling that is passed over, at any level, would be owed less than `debt`.
   */
  within(debt: number, most: number): readonly number[] {
    const leaves: number[] = [];
    this.#visit(ROOT, debt, most, leaves);
    return leaves;
  }

  #visit(node: number, debt: number, most: number, leaves: number[]): void {
    if (this.#tree.lanes[node] !== undefined) {
      leaves.push(node);
      return;
    }
    const heap = this.#heap(node);
    const frontier = [0];
    while (frontier.length > 0 && leaves.length < most) {
      const at = this.#takeFirst(heap, frontier);
      const child = heap[at]!;
      const ahead = this.#starts[child]! - this.#starts[heap[0]!]!;
      if (at !== 0 && ahead * this.#tree.maxWeights[node]! >= debt) return;
      this.#visit(child, debt, most, leaves);
      for (const next of [2 * at + 1, 2 * at + 2]) if (next < heap.length) frontier.push(next);
    }
  }

  #takeFirst(heap: readonly number[], frontier: number[]): number {
    let best = 0;
    for (let at = 1; at < frontier.length; at++)
      if (this.#before(heap[frontier[at]!]!, heap[frontier[best]!]!)) best = at;
    const taken = frontier[best]!;
    frontier[best] = frontier.at(-1)!;
    frontier.pop();
    return taken;
  }

  #heap(node: number): number[] {
    const known = this.#heaps[node];
    if (known !== undefined) return known;
    const heap = [...this.#tree.children[node]!];
    this.#heaps[node] = heap;
    for (let at = 0; at < heap.length; at++) this.#positions[heap[at]!] = at;
    for (let at = (heap.length >> 1) - 1; at >= 0; at--) this.#down(heap, at);
    return heap;
  }

  #down(heap: number[], from: number): void {
    const node = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!this.#before(heap[child]!, node)) break;
      this.#put(heap, at, heap[child]!);
      at = child;
    }
    this.#put(heap, at, node);
  }

  #up(heap: number[], from: number): void {
    const node = heap[from]!;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(node, heap[parent]!)) break;
      this.#put(heap, at, heap[parent]!);
      at = parent;
    }
    this.#put(heap, at, node);
  }

  #put(heap: number[], at: number, node: number): void {
    heap[at] = node;
    this.#positions[node] = at;
  }

  #before(left: number, right: number): boolean {
    const [l, r] = [this.#starts[left]!, this.#starts[right]!];
    return l < r || (l === r && this.#tree.ranks[left]! < this.#tree.ranks[right]!);
  }
}
