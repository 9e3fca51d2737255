import type { Candidate } from '@pilotfish/matcher';
import type { Offer } from '@pilotfish/model';
import { expect, it } from 'vitest';
import { type AskDeps, ask } from './ask.ts';
import { AskLane } from './ask-lane.ts';
import type { Claimed, ClaimOrder, ClaimStore } from './claim-store.ts';
import { QueueIndex } from './queue-index.ts';
import { aCandidate, aClaimed, anAsk, anOffer, NO_SHARES } from './workload.fixture.ts';

interface World {
  waiting: readonly Candidate[];
  offer: Offer | undefined;
  before: readonly Claimed[];
  /** What each claim in turn answers. */
  claims: (readonly Claimed[])[];
  orders: ClaimOrder[];
  waits: number[];
  at: number;
  /** Runs while an ask is held. */
  meanwhile: () => void;
}

function aWorld(overrides: Partial<World> = {}): World & { deps: AskDeps } {
  const world: World = {
    waiting: [aCandidate(1, 3)],
    offer: anOffer(),
    before: [],
    claims: [],
    orders: [],
    waits: [],
    at: 0,
    meanwhile: () => undefined,
    ...overrides,
  };
  const claims: ClaimStore = {
    shares: async () => NO_SHARES,
    candidates: async () => world.waiting,
    look: async (asked) => asked.map(() => ({ offer: world.offer, before: world.before })),
    claim: async (orders) =>
      orders.map((order) => {
        world.orders.push(order);
        return world.claims.shift() ?? [];
      }),
  };
  const queues = new QueueIndex(claims, () => world.at);
  const deps: AskDeps = {
    lane: new AskLane(claims, queues),
    queues,
    nextWork: async (ms) => {
      world.waits.push(ms);
      await new Promise((resolve) => setImmediate(resolve));
      world.at += ms;
      world.meanwhile();
    },
    now: () => world.at,
  };
  return Object.assign(world, { deps });
}
const asking = (world: { deps: AskDeps }, waitMs = 0, signal = new AbortController().signal) =>
  ask(world.deps, anAsk({ waitMs }), signal);

it('an ask is answered with what was claimed for it, filled to the whole offer', async () => {
  const world = aWorld({ claims: [[aClaimed(1), aClaimed(2), aClaimed(3)]] });
  expect((await asking(world)).map(({ jobId }) => jobId)).toEqual([1, 2, 3]);
  expect(world.orders).toMatchObject([{ askId: 'ask', vmId: 'vm', pilotId: 'pilot', picks: [{ queue: 1, count: 3 }] }]);
});

it('the same ask again is answered with the same attempts and claims nothing', async () => {
  const world = aWorld({ before: [aClaimed(9)] });
  expect(await asking(world, 5000)).toEqual([aClaimed(9)]);
  expect(world.orders).toEqual([]);
});

it('an ask without a wait is answered at once when there is nothing', async () => {
  const world = aWorld({ waiting: [] });
  expect(await asking(world)).toEqual([]);
  expect(world.at).toBe(0);
});

it('a held ask is answered when work arrives', async () => {
  const world = aWorld({ waiting: [], claims: [[aClaimed(5)]] });
  world.meanwhile = () => {
    if (world.waits.length === 2) {
      world.waiting = [aCandidate(1)];
      world.deps.queues.invalidate();
    }
  };
  expect(await asking(world, 60_000)).toEqual([aClaimed(5)]);
  expect(world.at).toBeLessThan(4000);
});

it('a held ask ends after its time, having looked every second', async () => {
  const world = aWorld({ waiting: [] });
  expect(await asking(world, 2500)).toEqual([]);
  expect(world.waits.slice(0, 3)).toEqual([1000, 1000, 500]);
});

it('an ask that lost its picks to others tries again with what is left', async () => {
  const world = aWorld({ claims: [[], [], [aClaimed(2)]] });
  expect(await asking(world)).toEqual([aClaimed(2)]);
  expect(world.orders).toHaveLength(3);
});

it('an ask that always loses gives up for now', async () => {
  const world = aWorld();
  expect(await asking(world)).toEqual([]);
  expect(world.orders).toHaveLength(3);
});

it('a VM that may take no jobs claims nothing', async () => {
  const world = aWorld({ offer: undefined });
  expect(await asking(world, 1000)).toEqual([]);
  expect(world.orders).toEqual([]);
});

it('other VOs’ queues are not looked at', async () => {
  const world = aWorld({ waiting: [aCandidate(1, 3, 'bio')] });
  expect(await asking(world)).toEqual([]);
  expect(world.orders).toEqual([]);
});

it('nothing is claimed for a pilot that has hung up', async () => {
  const world = aWorld({ claims: [[aClaimed(1)]] });
  expect(await asking(world, 1000, AbortSignal.abort())).toEqual([]);
  const gone = new AbortController();
  const held = aWorld({ waiting: [], claims: [[aClaimed(1)]] });
  held.meanwhile = () => {
    held.waiting = [aCandidate(1)];
    held.deps.queues.invalidate();
    gone.abort();
  };
  expect(await asking(held, 60_000, gone.signal)).toEqual([]);
  expect([...world.orders, ...held.orders]).toEqual([]);
});

it('a pilot that hangs up while the queues are read claims nothing', async () => {
  const gone = new AbortController();
  const world = aWorld({ claims: [[aClaimed(1)]] });
  Object.defineProperty(world, 'offer', {
    get: () => {
      gone.abort();
      return anOffer();
    },
  });
  expect(await ask(world.deps, anAsk({ waitMs: 1000 }), gone.signal)).toEqual([]);
  expect(world.orders).toEqual([]);
});

it('asks of different VMs that come together make one claim, and none is offered what another took', async () => {
  const world = aWorld({ waiting: [aCandidate(1, 8)], claims: [[aClaimed(1)], [aClaimed(2)]] });
  const both = [anAsk({ vmId: 'a' as never, limit: 5 }), anAsk({ vmId: 'b' as never, limit: 5 })];
  const signal = new AbortController().signal;
  const answers = await Promise.all(both.map((request) => ask(world.deps, request, signal)));
  expect(answers.flat().map(({ jobId }) => jobId)).toEqual([1, 2]);
  expect(world.orders.map(({ picks }) => picks.map(({ count }) => count))).toEqual([[5], [3]]);
});
