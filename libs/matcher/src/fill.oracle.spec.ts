import type { Offer } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCandidates, anyCrowd, anyOffer, anyOpenCandidates, anyOpenOffer } from './examples.fixture.ts';
import { fill } from './fill.ts';
import { limitsOf } from './limits/limit.ts';
import { anyLimited, type Limited } from './limits/limits.fixture.ts';
import { room } from './limits/room.ts';
import type { Pick } from './pick.ts';
import { plainFill, type Step } from './plain-fill.fixture.ts';
import { fairShare } from './share/fair-share.ts';
import { anyShareTree, anyUsage } from './share/share.fixture.ts';
import { type Candidate, fewestCoresFirst, type TurnRule } from './turn.ts';

function merged(steps: readonly Step[]): readonly Pick[] {
  const picks = new Map<string, Pick>();
  for (const { pick } of steps) {
    const key = JSON.stringify([pick.queue, pick.each]);
    picks.set(key, { ...pick, count: (picks.get(key)?.count ?? 0) + 1 });
  }
  return [...picks.values()];
}

const anyShares = fc
  .tuple(
    anyShareTree.chain((tree) => fc.tuple(fc.constant(tree), anyUsage(tree))),
    fc.constantFrom(0, 500, 5000, 100_000),
  )
  .map(([[tree, usage], packingDebtCoreS]) => fairShare(tree, usage, { packingDebtCoreS }));
const anyRule = fc.oneof(fc.constant(fewestCoresFirst), anyShares, anyShares, anyShares);
const anyLimit = fc.integer({ min: 0, max: 30 });

const unlimited: Limited = {
  limits: [],
  counters: new Map(),
  delays: { delays: [], lastMatchS: new Map(), nowS: 0 },
};

type World = readonly [Offer, readonly Candidate[], number, TurnRule, Limited];
const anyWorld: fc.Arbitrary<World> = fc.oneof(
  fc.tuple(anyOffer, anyCandidates, anyLimit, anyRule, anyLimited),
  fc.tuple(anyOpenOffer, anyOpenCandidates, anyLimit, anyRule, anyLimited),
  fc.tuple(anyOpenOffer, anyOpenCandidates, anyLimit, anyRule, fc.constant(unlimited)),
  fc.tuple(anyOpenOffer, anyCrowd, anyLimit, anyRule, anyLimited),
);

function property(check: (...world: World) => void): void {
  fc.assert(
    fc.property(anyWorld, (world) => check(...world)),
    { numRuns: 2000 },
  );
}

const fresh = ({ limits, counters, delays }: Limited) => room(limits, counters, delays);

describe('fill, for any shares and limits', () => {
  it('gives what the plain oracle gives, in the same order', () => {
    let jobs = 0;
    property((offer, candidates, limit, rule, limited) => {
      const wanted = plainFill(offer, candidates, limit, rule, fresh(limited));
      jobs += wanted.length;
      expect(fill(offer, candidates, limit, rule, fresh(limited))).toEqual(merged(wanted));
    });
    expect(jobs).toBeGreaterThan(1000);
  });

  it('never lets a batch exceed a limit, nor pass a delay more than once', () => {
    property((offer, candidates, limit, rule, limited) => {
      const { limits, counters, delays } = limited;
      // Two fills that share a room are one batch.
      const shared = fresh(limited);
      const picks = [...fill(offer, candidates, limit, rule, shared), ...fill(offer, candidates, limit, rule, shared)];
      const queueOf = (pick: Pick) => candidates.find(({ queue }) => queue.id === pick.queue)!.queue;
      for (const one of limits) {
        const under = picks.filter((pick) => limitsOf(queueOf(pick), offer, [one]).length > 0);
        const used = under.reduce(
          (sum, { count, each }) => sum + count * (one.unit === 'jobs' ? 1 : each.processors),
          0,
        );
        expect(used).toBeLessThanOrEqual(Math.max(0, one.max - counters.get(one.id)!));
      }
      for (const one of delays.delays) {
        const under = picks.filter((pick) => limitsOf(queueOf(pick), offer, [one]).length > 0);
        const due = delays.nowS - delays.lastMatchS.get(one.id)! >= one.delayS;
        expect(under.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(due ? 1 : 0);
      }
    });
  });

  it('never gives a job to a node of another VO', () => {
    property((offer, candidates, limit, rule, limited) => {
      const others = new Set(candidates.filter(({ queue }) => queue.vo !== offer.vo).map(({ queue }) => queue.id));
      for (const { queue } of fill(offer, candidates, limit, rule, fresh(limited))) expect(others).not.toContain(queue);
    });
  });

  it('never owes more than the bound to those whom packing passes over', () => {
    let passed = 0;
    property((offer, candidates, limit, rule, limited) => {
      for (const { passedDebt } of plainFill(offer, candidates, limit, rule, fresh(limited))) {
        if (passedDebt > 0) passed += 1;
        expect(passedDebt).toBeLessThanOrEqual(rule.packingDebt);
      }
    });
    expect(passed).toBeGreaterThan(100);
  });
});
