// One ask fills the whole offer: the next turn's owner gets the job of his that packs best, until nothing more fits.
// A whole-node job is taken only in its own turn, on an empty node: it is never jumped ahead of the head of the queue,
// and never behind it, since the head then fills the node. When only whole-node jobs fit, the head is one of them.
import type { Offer, QueueId, Resources } from '@pilotfish/model';
import { grant, taken } from './grant.ts';
import { fits, stillFits } from './match.ts';
import { type Candidate, fewestCoresFirst, type TurnRule, type Turns } from './turn.ts';

/** `count` jobs of the queue, each with `each` of the node. A queue may appear again with another `each`. */
export interface Pick {
  readonly queue: QueueId;
  readonly count: number;
  readonly each: Resources;
}

interface Open {
  readonly candidate: Candidate;
  readonly left: number;
}

/** At most `limit` jobs in all. The picks together never exceed what is free; nothing that still fits is left out. */
export function fill(
  offer: Offer,
  candidates: readonly Candidate[],
  limit: number,
  turnRule: TurnRule = fewestCoresFirst,
): readonly Pick[] {
  const turns = turnRule();
  const picks = new Map<string, Pick>();
  let rest = offer;
  let open: readonly Open[] = candidates
    .filter(({ queue, waiting }) => waiting >= 1 && fits(queue, offer))
    .map((candidate) => ({ candidate, left: candidate.waiting }));
  for (let room = limit; room >= 1; room -= 1) {
    const chosen = choose(open, rest, turns);
    if (chosen === undefined) break;
    const each = grant(chosen.candidate.queue, rest);
    rest = taken(rest, each);
    turns.charge(chosen.candidate, each);
    add(picks, chosen.candidate.queue.id, each);
    // What doesn't fit now can't fit later in this fill: the node only gets fuller.
    open = open
      .map((entry) => (entry === chosen ? { ...entry, left: entry.left - 1 } : entry))
      .filter(({ candidate, left }) => left >= 1 && stillFits(candidate.queue, rest));
  }
  return [...picks.values()];
}

/** Largest grant first: that is the job for exactly the free cores, then the largest that fits, then a single core. */
function choose(open: readonly Open[], rest: Offer, turns: Turns): Open | undefined {
  const head = first(open, (left, right) => turns.compare(left.candidate, right.candidate));
  if (head === undefined || head.candidate.queue.requirements.wholeNode) return head;
  const turn = open.filter(
    ({ candidate }) => turns.sameTurn(head.candidate, candidate) && !candidate.queue.requirements.wholeNode,
  );
  const cores = ({ candidate }: Open) => grant(candidate.queue, rest).processors;
  return (
    first(turn, (left, right) => cores(right) - cores(left) || turns.compare(left.candidate, right.candidate)) ?? head
  );
}

function first<T>(items: readonly T[], compare: (left: T, right: T) => number): T | undefined {
  let best = items[0];
  for (const item of items) if (best !== undefined && compare(item, best) < 0) best = item;
  return best;
}

function add(picks: Map<string, Pick>, queue: QueueId, each: Resources): void {
  const key = `${queue}/${each.processors}/${each.memoryMb}/${each.diskMb}/${each.gpus}`;
  picks.set(key, { queue, count: (picks.get(key)?.count ?? 0) + 1, each });
}
