import type { Offer } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aCandidate, anOffer, anyCandidates, anyOffer, aQueue, cores } from './examples.fixture.ts';
import { fill } from './fill.ts';
import { taken } from './grant.ts';
import { fits, mismatches } from './match.ts';
import type { Pick } from './pick.ts';
import type { Candidate, TurnRule } from './turn.ts';

const counts = (picks: readonly Pick[]) => picks.map(({ queue, count }) => [queue, count]);
const after = (offer: Offer, picks: readonly Pick[]) =>
  picks.reduce((rest, { each, count }) => taken(rest, each, count), offer);
const jobs = (picks: readonly Pick[]) => picks.reduce((sum, { count }) => sum + count, 0);
const anyLimit = fc.integer({ min: 0, max: 30 });

function property(check: (offer: Offer, candidates: readonly Candidate[], limit: number) => void): void {
  fc.assert(fc.property(anyOffer, anyCandidates, anyLimit, check), { numRuns: 1500 });
}

describe('fill, for any offer and candidates', () => {
  it('never exceeds what is free, in any quantity', () => {
    property((offer, candidates, limit) => {
      const { free } = after(offer, fill(offer, candidates, limit));
      for (const amount of Object.values(free)) expect(amount).toBeGreaterThanOrEqual(0);
    });
  });

  it('takes only from queues that match, no more than wait there, and no more than the limit', () => {
    property((offer, candidates, limit) => {
      const picks = fill(offer, candidates, limit);
      expect(jobs(picks)).toBeLessThanOrEqual(limit);
      for (const { queue, waiting } of candidates) {
        const got = jobs(picks.filter((pick) => pick.queue === queue.id));
        expect(got).toBeLessThanOrEqual(waiting);
        if (got > 0) expect(mismatches(queue, offer)).toEqual([]);
      }
    });
  });

  it('leaves out nothing that still fits, unless the limit is reached', () => {
    property((offer, candidates, limit) => {
      const picks = fill(offer, candidates, limit);
      if (jobs(picks) >= limit) return;
      const rest = after(offer, picks);
      for (const { queue, waiting } of candidates) {
        const left = waiting - jobs(picks.filter((pick) => pick.queue === queue.id));
        if (left > 0) expect(fits(queue, rest)).toBe(false);
      }
    });
  });

  it('starts a whole-node job only on an empty node and alone', () => {
    property((offer, candidates, limit) => {
      const picks = fill(offer, candidates, limit);
      const whole = new Set(
        candidates.filter(({ queue }) => queue.requirements.wholeNode).map(({ queue }) => queue.id),
      );
      if (!picks.some(({ queue }) => whole.has(queue))) return;
      expect(offer.empty).toBe(true);
      expect(jobs(picks)).toBe(1);
    });
  });

  it('does not depend on the order in which the candidates come', () => {
    property((offer, candidates, limit) => {
      const picks = fill(offer, candidates, limit);
      expect(fill(offer, [...candidates], limit)).toEqual(picks);
      expect(fill(offer, [...candidates].reverse(), limit)).toEqual(picks);
    });
  });

  it('serves no lower priority of an owner while a job of a higher one of his fits', () => {
    property((offer, candidates, limit) => {
      const [pick] = fill(offer, candidates, limit);
      const first = candidates.find(({ queue }) => queue.id === pick?.queue);
      if (first === undefined) return;
      const his = candidates.filter(
        ({ queue, waiting }) => queue.owner === first.queue.owner && waiting > 0 && fits(queue, offer),
      );
      expect(first.priority).toBe(Math.max(...his.map(({ priority }) => priority)));
    });
  });
});

describe('fill', () => {
  it('fills a node with one ask', () => {
    const picks = fill(anOffer(), [aCandidate(aQueue(1), { waiting: 1_000_000 })], 1000);
    expect(picks).toEqual([{ queue: 1, count: 8, each: { processors: 1, memoryMb: 2048, diskMb: 0, gpus: 0 } }]);
  });

  it('packs within one turn: exactly the free cores, then the largest that fits, then single cores', () => {
    const queues = [aQueue(1), aQueue(2, cores(2)), aQueue(3, cores(5)), aQueue(4, cores(7))];
    const seven = anOffer({ free: { ...anOffer().free, processors: 7 }, empty: false });
    expect(
      counts(
        fill(
          seven,
          queues.map((queue) => aCandidate(queue)),
          9,
        ),
      ),
    ).toEqual([[4, 1]]);
    expect(
      counts(
        fill(
          anOffer(),
          queues.slice(0, 3).map((queue) => aCandidate(queue)),
          9,
        ),
      ),
    ).toEqual([
      [3, 1],
      [2, 1],
      [1, 1],
    ]);
  });

  it('interleaves owners, each pick counted', () => {
    const ada = aCandidate(aQueue(1), { waiting: 100 });
    const bob = aCandidate(aQueue(2, {}, { owner: 'bob' }), { waiting: 100 });
    expect(counts(fill(anOffer(), [ada, bob], 100))).toEqual([
      [1, 4],
      [2, 4],
    ]);
    expect(counts(fill(anOffer(), [{ ...ada, inUse: 6 }, bob], 100))).toEqual([
      [2, 7],
      [1, 1],
    ]);
  });

  it('does not let one owner pack a larger job ahead of the turn of another', () => {
    const ada = aCandidate(aQueue(1, cores(8)), { inUse: 1 });
    const bob = aCandidate(aQueue(2, {}, { owner: 'bob' }));
    expect(counts(fill(anOffer(), [ada, bob], 9))).toEqual([[2, 1]]);
  });

  it('takes a whole-node job in its turn only', () => {
    const whole = aCandidate(aQueue(1, { wholeNode: true }), { oldestAt: 5 });
    const single = aCandidate(aQueue(2), { oldestAt: 9 });
    expect(counts(fill(anOffer(), [single, whole], 9))).toEqual([[1, 1]]);
    expect(counts(fill(anOffer(), [{ ...single, oldestAt: 1 }, whole], 9))).toEqual([[2, 1]]);
  });

  it('goes on with what fits when the head of the queue does not', () => {
    const large = aCandidate(aQueue(1, cores(16)), { priority: 9 });
    expect(counts(fill(anOffer(), [large, aCandidate(aQueue(2), { waiting: 2 })], 9))).toEqual([[2, 2]]);
  });

  it('lets no priority go ahead of another owner', () => {
    const ada = aCandidate(aQueue(1), { priority: 10, inUse: 1 });
    const bob = aCandidate(aQueue(2, {}, { owner: 'bob' }), { priority: 0 });
    expect(counts(fill(anOffer(), [ada, bob], 1))).toEqual([[2, 1]]);
  });

  it('sees what is left of a queue that it has seen before', () => {
    const candidate = { ...aCandidate(aQueue(1)), waiting: 5 };
    const candidates = [candidate];
    expect(counts(fill(anOffer(), candidates, 2))).toEqual([[1, 2]]);
    candidate.waiting = 1;
    expect(counts(fill(anOffer(), candidates, 2))).toEqual([[1, 1]]);
  });

  it('lets the caller decide whose turn it is', () => {
    const newestFirst: TurnRule = {
      places: {
        placeOf: ({ id }) => ({ background: false, root: '', levels: [{ key: `${id}`, weight: 1, burstCoreS: 0 }] }),
      },
      starts: (nodes) => Float64Array.from(nodes, ({ first }) => -first.oldestAt),
      cost: () => 0,
      packingDebt: 0,
    };
    const candidates = [aCandidate(aQueue(1)), aCandidate(aQueue(2))];
    expect(counts(fill(anOffer(), candidates, 1, newestFirst))).toEqual([[2, 1]]);
  });
});
