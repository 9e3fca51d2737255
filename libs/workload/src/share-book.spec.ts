import { type Candidate, fill } from '@pilotfish/matcher';
import { describe, expect, it } from 'vitest';
import { AskLane } from './ask-lane.ts';
import type { ClaimStore } from './claim-store.ts';
import { QueueIndex } from './queue-index.ts';
import { ShareBook } from './share-book.ts';
import type { OwnerUse, Shares } from './shares.ts';
import { aCandidate, aClaimed, anAsk, anOffer, NO_SHARES, node } from './workload.fixture.ts';

const queueOf = (id: number, owner: string, waiting = 100_000): Candidate => {
  const candidate = aCandidate(id, waiting);
  return { ...candidate, queue: { ...candidate.queue, owner } };
};
const useOf = (owner: string, coreS: number): OwnerUse => ({
  ...{ vo: 'astro', group: 'users', owner },
  ...{ coreS, ranCoreS: coreS, openCoreS: 0, expectedS: 10 },
});
const weighted = (weights: Record<string, number>): Shares['tree'] => ({
  members: {
    astro: {
      members: {
        users: { members: Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, { weight }])) },
      },
    },
  },
});

describe('claims follow the shares', () => {
  it('three to one between two owners with these weights, over many reads of the ledger', async () => {
    const counted = [0, 0, 0];
    const candidates = [queueOf(1, 'ada'), queueOf(2, 'bob')];
    const shares = () => ({
      ...NO_SHARES,
      halfLifeS: 1e9,
      tree: weighted({ ada: 3 }),
      use: [useOf('ada', 10 * counted[1]!), useOf('bob', 10 * counted[2]!)],
    });
    const store = storeOf(candidates, shares, (id, count) => {
      counted[id]! += count;
    });
    await askMany(store, 400);
    expect(counted[1]! + counted[2]!).toBe(400);
    expect(Math.abs(counted[1]! - 300)).toBeLessThanOrEqual(4);
  });

  it('a newcomer beside one with a long past is served at once, and by turns from then on', async () => {
    const counted = [0, 0, 0];
    const candidates = [queueOf(1, 'big'), queueOf(2, 'small', 5)];
    const shares = () => ({
      ...NO_SHARES,
      use: [useOf('big', 1e6 + 10 * counted[1]!), useOf('small', 10 * counted[2]!)],
    });
    const store = storeOf(candidates, shares, (id, count) => {
      counted[id]! += count;
    });
    await askMany(store, 10);
    expect(counted[2]).toBeGreaterThanOrEqual(5);
  });
});

function storeOf(candidates: readonly Candidate[], shares: () => Shares, count: (id: number, n: number) => void) {
  const store: ClaimStore = {
    shares: async () => shares(),
    candidates: async () => candidates,
    look: async (asked) => asked.map(() => ({ offer: anOffer({ free: node(1) }), before: [] })),
    claim: async (orders) =>
      orders.map(({ picks }) => {
        for (const pick of picks) count(pick.queue, pick.count);
        return [aClaimed(1)];
      }),
  };
  return store;
}

async function askMany(store: ClaimStore, asks: number): Promise<void> {
  let at = 0;
  const queues = new QueueIndex(store, () => at);
  const lane = new AskLane(store, queues);
  for (let n = 0; n < asks; n++) {
    at += 300;
    if (n % 3 === 0) queues.invalidate();
    await queues.fresh('astro');
    await lane.look(anAsk({ limit: 1 }), new AbortController().signal);
  }
}

describe('the book', () => {
  const rounds = (book: ShareBook, candidates: readonly Candidate[], count: number) => {
    const got = new Map<number, number>();
    for (let n = 0; n < count; n++)
      for (const { queue, each, count: jobs } of fill(anOffer({ free: node(1) }), candidates, 1, book.rule)) {
        got.set(queue, (got.get(queue) ?? 0) + jobs);
        book.charge(candidates.find((one) => one.queue.id === queue)!.queue, each, jobs);
      }
    return got;
  };
  const candidates = [queueOf(1, 'ada'), queueOf(2, 'bob')];

  it('keeps what was claimed while the ledger was read, and forgets what the ledger had time to say', () => {
    const book = new ShareBook();
    book.square(NO_SHARES, 0);
    book.charge(candidates[0]!.queue, node(1), 1);
    book.beginRead();
    book.charge(candidates[1]!.queue, node(1), 2);
    book.square(NO_SHARES, 1000);
    // Bob is two jobs ahead: ada has the next two.
    expect(rounds(book, candidates, 2)).toEqual(new Map([[1, 2]]));
  });

  it('acts by a changed weight from then on, without making up for the past', () => {
    const book = new ShareBook();
    book.square(NO_SHARES, 0);
    book.wake(candidates.map(({ queue }) => queue));
    const before = rounds(book, candidates, 20);
    expect(before).toEqual(
      new Map([
        [1, 10],
        [2, 10],
      ]),
    );
    const use = [useOf('ada', 600), useOf('bob', 600)];
    book.beginRead();
    book.square({ ...NO_SHARES, use, tree: weighted({ ada: 4 }) }, 1);
    expect(rounds(book, candidates, 20)).toEqual(
      new Map([
        [1, 16],
        [2, 4],
      ]),
    );
  });

  it('moves the use of a group’s members to the group when it becomes shared', () => {
    const book = new ShareBook();
    const use = [useOf('ada', 100), useOf('bob', 300)];
    book.square({ ...NO_SHARES, use }, 0);
    const shared = { members: { astro: { members: { users: { shared: true } } } } };
    book.square({ ...NO_SHARES, use, tree: shared }, 1);
    expect(rounds(book, candidates, 2)).toEqual(new Map([[1, 2]]));
  });
});
