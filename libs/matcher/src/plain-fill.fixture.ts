// The oracle for `fill`: says who is served next from the rules alone, looking at everything anew for every job.
import type { Offer } from '@pilotfish/model';
import { PACKING_LANES } from './fill.ts';
import { grant, taken } from './grant.ts';
import { allows, mostCores, type Room, use } from './limits/room.ts';
import { mismatches } from './match.ts';
import type { Pick } from './pick.ts';
import type { Candidate, Level, TurnNode, TurnRule } from './turn.ts';

/** One job given. */
export interface Step {
  readonly candidate: Candidate;
  readonly pick: Pick;
  /** The most that anybody passed over was owed, in units of cost; 0 when the head was served. */
  readonly passedDebt: number;
}

interface Node extends TurnNode {
  start: number;
  readonly above: Node | undefined;
  readonly candidates: Candidate[];
  readonly children: Node[];
}

const age = (left: Candidate, right: Candidate) =>
  left.oldestAt - right.oldestAt || left.queue.id - right.queue.id || right.priority - left.priority;

export function plainFill(
  offer: Offer,
  candidates: readonly Candidate[],
  limit: number,
  rule: TurnRule,
  room: Room = () => [],
): readonly Step[] {
  const left = new Map(candidates.map((candidate) => [candidate, Math.floor(candidate.waiting)]));
  const suiting = candidates
    .filter(({ queue }) => mismatches(queue, { ...offer, ...boundless(offer) }).length === 0)
    .sort(age);
  const trees = [false, true].map((background) =>
    treeOf(
      suiting.filter(({ queue }) => rule.places.placeOf(queue).background === background),
      rule,
    ),
  );
  const steps: Step[] = [];
  let rest = offer;
  const isOpen = (candidate: Candidate) => {
    const { wholeNode, processors } = candidate.queue.requirements;
    const least = wholeNode ? rest.free.processors : processors.min;
    return (
      left.get(candidate)! >= 1 &&
      mismatches(candidate.queue, rest).length === 0 &&
      allows(room(candidate.queue, rest), least)
    );
  };
  while (steps.length < limit) {
    const root = trees.find((tree) => tree !== undefined && hasOpen(tree, isOpen));
    if (root === undefined) break;
    const near = reachable(root, rule.packingDebt, isOpen).slice(0, PACKING_LANES);
    const offers = near.map((lane) => ({ lane, candidate: bestOf(lane.candidates.filter(isOpen), rest) }));
    const cores = ({ candidate }: { candidate: Candidate }) => grant(candidate.queue, rest).processors;
    const { lane, candidate } = offers.reduce((best, one) => (cores(one) > cores(best) ? one : best));
    const allowances = room(candidate.queue, rest);
    const each = grant(candidate.queue, rest, mostCores(allowances));
    steps.push({
      candidate,
      pick: { queue: candidate.queue.id, count: 1, each },
      passedDebt: passedDebt(lane, isOpen),
    });
    use(allowances, each);
    rest = taken(rest, each);
    left.set(candidate, left.get(candidate)! - 1);
    const cost = rule.cost(candidate, each);
    for (let node: Node | undefined = lane; node?.above; node = node.above) node.start += cost / node.weight;
  }
  return steps;
}

/** The offer with everything that changes while it fills out of the way. */
function boundless({ total }: Offer): Partial<Offer> {
  const all = { processors: 1e9, memoryMb: 1e12, diskMb: 1e12, gpus: 1e9 };
  return { free: { ...all, processors: Math.max(total.processors, all.processors) }, empty: true, timeLeftS: 1e12 };
}

function treeOf(candidates: readonly Candidate[], rule: TurnRule): Node | undefined {
  const first = candidates[0];
  if (first === undefined) return undefined;
  const root = { key: rule.places.placeOf(first.queue).root, weight: 1, burstCoreS: 0, parent: -1, first };
  const nodes: Node[] = [{ ...root, start: 0, above: undefined, candidates: [], children: [] }];
  for (const candidate of candidates) {
    let at = nodes[0]!;
    for (const level of rule.places.placeOf(candidate.queue).levels)
      at = at.children.find(({ key }) => key === level.key) ?? grow(nodes, at, level, candidate);
    at.candidates.push(candidate);
  }
  const starts = rule.starts(nodes);
  for (const [at, node] of nodes.entries()) node.start = starts[at]!;
  return nodes[0];
}

function grow(nodes: Node[], above: Node, level: Level, first: Candidate): Node {
  const node: Node = { ...level, parent: nodes.indexOf(above), first, start: 0, above, candidates: [], children: [] };
  nodes.push(node);
  above.children.push(node);
  return node;
}

type IsOpen = (candidate: Candidate) => boolean;

function hasOpen(node: Node, isOpen: IsOpen): boolean {
  return node.candidates.some(isOpen) || node.children.some((child) => hasOpen(child, isOpen));
}

function openChildren(node: Node, isOpen: IsOpen): readonly Node[] {
  return node.children
    .filter((child) => hasOpen(child, isOpen))
    .sort((left, right) => left.start - right.start || age(left.first, right.first));
}

/** Lanes in the order of turns: the head, and those whose service would leave all siblings passed over within the debt. */
function reachable(node: Node, debt: number, isOpen: IsOpen): readonly Node[] {
  if (node.children.length === 0) return [node];
  const open = openChildren(node, isOpen);
  const weight = Math.max(...node.children.map((child) => child.weight));
  return open
    .filter((child) => child === open[0] || (child.start - open[0]!.start) * weight < debt)
    .flatMap((child) => reachable(child, debt, isOpen));
}

function passedDebt(lane: Node, isOpen: IsOpen): number {
  let most = 0;
  for (let node: Node = lane; node.above; node = node.above)
    for (const sibling of openChildren(node.above, isOpen))
      most = Math.max(most, (node.start - sibling.start) * sibling.weight);
  return most;
}

/** Each owner's highest priority only; the oldest if it takes a whole node, otherwise the one that gets the most cores. */
function bestOf(open: readonly Candidate[], rest: Offer): Candidate {
  const first = open
    .filter(({ queue, priority }) => open.every((o) => o.queue.owner !== queue.owner || o.priority <= priority))
    .sort(age);
  if (first[0]!.queue.requirements.wholeNode) return first[0]!;
  const cores = ({ queue }: Candidate) => grant(queue, rest).processors;
  return first
    .filter(({ queue }) => !queue.requirements.wholeNode)
    .reduce((best, one) => (cores(one) > cores(best) ? one : best));
}
