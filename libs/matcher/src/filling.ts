// One node while it is being filled: what is left of it, of the limits, and of the jobs that one ask may get.
import type { Offer, Requirements, Resources, TaskQueue } from '@pilotfish/model';
import { hasRoomFor } from './compiled-need.ts';
import { coresFor, grant, taken } from './grant.ts';
import type { Group } from './lane-queues.ts';
import { type Allowance, allows, mostCores, type Room, use } from './limits/room.ts';
import type { Pick } from './pick.ts';

export class Filling {
  #rest: Offer;
  #left: number;
  readonly #room: Room | undefined;
  readonly #allowances = new Map<TaskQueue, readonly Allowance[]>();
  readonly #picks = new Map<string, Pick>();

  constructor(offer: Offer, limit: number, room?: Room) {
    this.#rest = offer;
    this.#left = limit;
    this.#room = room;
  }

  get isOver(): boolean {
    return this.#left < 1 || this.#rest.free.processors < 1;
  }

  get freeCores(): number {
    return this.#rest.free.processors;
  }

  get picks(): readonly Pick[] {
    return [...this.#picks.values()];
  }

  hasRoomFor({ requirements }: Group): boolean {
    return hasRoomFor(requirements, this.#rest);
  }

  coresFor(requirements: Requirements): number {
    return coresFor(requirements, this.#rest);
  }

  /** Whether limits leave room for one more job of this queue. */
  allows(queue: TaskQueue): boolean {
    if (this.#room === undefined) return true;
    const { wholeNode, processors } = queue.requirements;
    return allows(this.#allowancesOf(queue), wholeNode ? this.freeCores : processors.min);
  }

  /** Gives one job of the queue its part of the node. */
  take(queue: TaskQueue): Resources {
    const allowances = this.#allowancesOf(queue);
    const each = grant(queue, this.#rest, allowances.length > 0 ? mostCores(allowances) : Number.POSITIVE_INFINITY);
    use(allowances, each);
    this.#rest = taken(this.#rest, each);
    this.#left -= 1;
    const key = `${queue.id}/${each.processors}/${each.memoryMb}/${each.diskMb}/${each.gpus}`;
    this.#picks.set(key, { queue: queue.id, count: (this.#picks.get(key)?.count ?? 0) + 1, each });
    return each;
  }

  #allowancesOf(queue: TaskQueue): readonly Allowance[] {
    if (this.#room === undefined) return [];
    const known = this.#allowances.get(queue);
    if (known !== undefined) return known;
    const found = this.#room(queue, this.#rest);
    this.#allowances.set(queue, found);
    return found;
  }
}
