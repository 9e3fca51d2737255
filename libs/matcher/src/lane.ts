// The queues of one turn during one fill: the best job to give now. What is closed stays closed: the node only gets
// fuller, limits only get tighter.
import type { Filling } from './filling.ts';
import type { Group, LaneQueues, Tiers } from './lane-queues.ts';
import type { Ranked } from './ranked.ts';

interface OpenOwner {
  readonly tiers: Tiers;
  /** The next tier to open, and the groups of the present one that are still open. */
  next: number;
  groups: number;
}

interface OpenGroup {
  readonly group: Group;
  readonly owner: OpenOwner;
  /** The queue that gives next, and how many jobs it has left; -1: not looked at yet. */
  at: number;
  left: number;
}

/** The job to give: `cores` is what it would get if no limit were in the way. */
export interface Best {
  readonly from: OpenGroup;
  readonly one: Ranked;
  readonly cores: number;
}

export class Lane {
  readonly #open: OpenGroup[] = [];

  constructor(queues: LaneQueues) {
    for (const tiers of queues) this.#openNext({ tiers, next: 0, groups: 0 });
  }

  /**
   * The oldest job if it takes a whole node: it is never jumped ahead in its lane, nor left behind. Otherwise the one
   * that gets the most cores: exactly the free ones, then the largest that fits, then a single core.
   */
  best(filling: Filling): Best | undefined {
    let oldest: Best | undefined;
    let largest: Best | undefined;
    for (let at = 0; at < this.#open.length; ) {
      const from = this.#open[at]!;
      const one = current(from, filling);
      if (one === undefined) {
        this.#close(at);
        continue;
      }
      at += 1;
      const found: Best = { from, one, cores: filling.coresFor(from.group.requirements) };
      if (oldest === undefined || one.rank < oldest.one.rank) oldest = found;
      if (!from.group.requirements.wholeNode && (largest === undefined || isLarger(found, largest))) largest = found;
    }
    return oldest?.from.group.requirements.wholeNode ? oldest : largest;
  }

  #close(at: number): void {
    const { owner } = this.#open[at]!;
    const last = this.#open.pop()!;
    if (at < this.#open.length) this.#open[at] = last;
    owner.groups -= 1;
    if (owner.groups === 0) this.#openNext(owner);
  }

  #openNext(owner: OpenOwner): void {
    const groups = owner.tiers[owner.next];
    if (groups === undefined) return;
    owner.next += 1;
    owner.groups = groups.length;
    for (const group of groups) this.#open.push({ group, owner, at: 0, left: -1 });
  }
}

function isLarger(found: Best, than: Best): boolean {
  return found.cores > than.cores || (found.cores === than.cores && found.one.rank < than.one.rank);
}

function current(from: OpenGroup, filling: Filling): Ranked | undefined {
  if (!filling.hasRoomFor(from.group)) return undefined;
  for (const { queues } = from.group; from.at < queues.length; from.at += 1, from.left = -1) {
    const one = queues[from.at]!;
    if (from.left < 0) from.left = Math.floor(one.candidate.waiting);
    if (from.left >= 1 && filling.allows(one.candidate.queue)) return one;
  }
  return undefined;
}
