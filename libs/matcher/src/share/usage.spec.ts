import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyShareTree, anyUsage, anyWho } from './share.fixture.ts';
import { shareOrder } from './share-order.ts';
import { placeOf, type ShareTree } from './share-tree.ts';
import { charge, decayed, noUsage, settle, wake } from './usage.ts';

const ada = { vo: 'astro', group: 'users', owner: 'ada' };
const bob = { ...ada, owner: 'bob' };
const cyd = { vo: 'astro', group: 'prod', owner: 'cyd' };
const tree: ShareTree = { members: { astro: { members: { users: { members: { ada: { weight: 2 } } } } } } };
const at = (key: string, usage = noUsage()) => usage.accounts.get(key)!;

describe('usage', () => {
  it('counts a charge at every level, per weight where turns are compared', () => {
    const usage = noUsage();
    charge(usage, placeOf(tree, ada), 100);
    expect(at('astro/users/ada', usage)).toMatchObject({ coreS: 100, openCoreS: 100, standing: 50 });
    expect(at('astro/users', usage)).toMatchObject({ coreS: 100, standing: 100 });
    expect(at('astro', usage)).toMatchObject({ coreS: 100, standing: 100 });
  });

  it('is after the settlement as if the real use had been charged at the claim, whatever has decayed meanwhile', () => {
    fc.assert(
      fc.property(fc.nat(1e5), fc.nat(1e5), fc.nat(1e5), (chargedCoreS, usedCoreS, ageS) => {
        const halfLifeS = 40_000;
        const settled = noUsage();
        charge(settled, placeOf(tree, ada), chargedCoreS);
        const later = decayed(settled, ageS, halfLifeS);
        settle(later, placeOf(tree, ada), { chargedCoreS, usedCoreS, ageS, halfLifeS });
        const wanted = noUsage();
        charge(wanted, placeOf(tree, ada), usedCoreS);
        const ideal = decayed(wanted, ageS, halfLifeS);
        for (const key of ['astro', 'astro/users', 'astro/users/ada']) {
          expect(later.accounts.get(key)?.coreS ?? 0).toBeCloseTo(ideal.accounts.get(key)?.coreS ?? 0, 3);
          expect(later.accounts.get(key)?.standing ?? 0).toBeCloseTo(ideal.accounts.get(key)?.standing ?? 0, 3);
          expect(later.accounts.get(key)?.openCoreS ?? 0).toBeCloseTo(0, 3);
        }
      }),
    );
  });

  it('loses half per half-life without changing whose turn it is', () => {
    fc.assert(
      fc.property(
        anyShareTree.chain((any) => fc.tuple(fc.constant(any), anyUsage(any), fc.array(anyWho))),
        ([any, usage, demanding]) => {
          const keys = (of: typeof usage) => shareOrder(any, of, demanding).map(({ levels }) => levels.at(-1)!.key);
          const later = decayed(usage, 7200, 3600);
          expect(keys(later)).toEqual(keys(usage));
          for (const [key, { coreS }] of later.accounts) expect(coreS).toBeCloseTo(at(key, usage).coreS / 4, 6);
        },
      ),
    );
  });

  it('keeps the turn of one who waits, and begins where the others are for one who rested', () => {
    const usage = noUsage();
    wake(tree, usage, [ada, bob]);
    for (let n = 0; n < 10; n++) {
      charge(usage, placeOf(tree, ada), 100);
      settle(usage, placeOf(tree, ada), { chargedCoreS: 100, usedCoreS: 100, ageS: 0, halfLifeS: 1 });
    }
    expect(at('astro/users/bob', usage).standing).toBe(0);
    wake(tree, usage, [ada, bob, { ...ada, owner: 'new' }]);
    expect(at('astro/users/bob', usage).standing).toBe(0);
    expect(at('astro/users/new', usage).standing).toBe(450);
  });

  it('shares one leaf in a shared group, keeps background work in accounts of its own, and names apart', () => {
    const shares: ShareTree = {
      members: { astro: { members: { prod: { shared: true }, users: { members: { bob: { background: true } } } } } },
    };
    expect(placeOf(shares, cyd).levels.map(({ key }) => key)).toEqual(['astro', 'astro/prod']);
    expect(placeOf(shares, bob)).toMatchObject({ background: true, root: '~' });
    expect(placeOf(shares, bob).levels[0]?.key).toBe('~/astro');
    expect(placeOf(shares, { ...ada, owner: 'constructor' }).levels.at(-1)?.weight).toBe(1);
    const [one, other] = ['a/b', 'a'].map((vo) => placeOf({}, { vo, group: vo === 'a' ? 'b/c' : 'c', owner: 'x' }));
    expect(one?.levels.at(-1)?.key).not.toBe(other?.levels.at(-1)?.key);
  });
});

describe('shareOrder', () => {
  it('shows target, use and debt in the order of turns', () => {
    const usage = noUsage();
    wake(tree, usage, [ada, bob, cyd]);
    charge(usage, placeOf(tree, ada), 300);
    charge(usage, placeOf(tree, cyd), 100);
    const order = shareOrder(tree, usage, [ada, bob, cyd, ada]);
    expect(order.map(({ who }) => who.owner)).toEqual(['cyd', 'bob', 'ada']);
    expect(order.map(({ target }) => Math.round(target * 6))).toEqual([3, 1, 2]);
    expect(order.map(({ actual }) => actual)).toEqual([0.25, 0, 0.75]);
    expect(order[1]?.levels.map(({ debtCoreS }) => debtCoreS)).toEqual([0, -100, 100]);
  });
});
