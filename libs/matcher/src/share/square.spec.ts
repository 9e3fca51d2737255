import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeOf, type ShareTree } from './share-tree.ts';
import { square } from './square.ts';
import { charge, noUsage } from './usage.ts';

const tree: ShareTree = { members: { astro: { members: { users: { members: { ada: { weight: 2 } } } } } } };
const ada = placeOf(tree, { vo: 'astro', group: 'users', owner: 'ada' });
const bob = placeOf(tree, { vo: 'astro', group: 'users', owner: 'bob' });

it('leaves every level as if the ledger’s numbers had been charged, whatever was charged before', () => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6), (guess, other, coreS) => {
      const usage = noUsage();
      charge(usage, ada, guess);
      charge(usage, bob, other);
      square(usage, ada, { coreS, openCoreS: coreS / 2 });
      const at = (key: string) => usage.accounts.get(key)!;
      expect(at('astro/users/ada').coreS).toBeCloseTo(coreS, 6);
      expect(at('astro/users/ada').openCoreS).toBeCloseTo(coreS / 2, 6);
      expect(at('astro/users/ada').standing).toBeCloseTo(coreS / 2, 6);
      expect(at('astro/users').coreS).toBeCloseTo(coreS + other, 6);
      expect(at('astro').standing).toBeCloseTo(coreS + other, 6);
    }),
  );
});

it('changes nothing the second time', () => {
  const usage = noUsage();
  square(usage, ada, { coreS: 70, openCoreS: 20 });
  const before = structuredClone(usage);
  square(usage, ada, { coreS: 70, openCoreS: 20 });
  expect(usage).toEqual(before);
});
