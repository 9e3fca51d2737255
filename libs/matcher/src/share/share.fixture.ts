// Arbitrary share trees and usage over the VOs, groups and owners of examples.fixture.ts.
import fc from 'fast-check';
import type { ShareNode, ShareTree } from './share-tree.ts';
import { placeOf, type Who } from './share-tree.ts';
import { charge, noUsage, type Usage, wake } from './usage.ts';

const names = { vos: ['astro', 'bio'], groups: ['users', 'prod'], owners: ['ada', 'bob', 'cyd'] };

const anyFields = fc.record({
  weight: fc.constantFrom(1, 1, 2, 5, 0.5, 0),
  burstCoreS: fc.constantFrom(0, 0, 1000),
  background: fc.constantFrom(false, false, false, true),
});

function membersOf(named: readonly string[], node: fc.Arbitrary<ShareNode>): fc.Arbitrary<Record<string, ShareNode>> {
  return fc.subarray([...named]).chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, node]))));
}

const anyGroup: fc.Arbitrary<ShareNode> = fc
  .tuple(anyFields, fc.constantFrom(false, false, true), membersOf(names.owners, anyFields))
  .map(([fields, shared, members]) => ({ ...fields, shared, members }));

const anyVo: fc.Arbitrary<ShareNode> = fc
  .tuple(anyFields, membersOf(names.groups, anyGroup))
  .map(([fields, members]) => ({ ...fields, members }));

export const anyShareTree: fc.Arbitrary<ShareTree> = membersOf(names.vos, anyVo).map((members) => ({ members }));

export const anyWho: fc.Arbitrary<Who> = fc.record({
  vo: fc.constantFrom(...names.vos),
  group: fc.constantFrom(...names.groups),
  owner: fc.constantFrom(...names.owners),
});

/** Some who waited all along, some charges, few enough values that ties are frequent. */
export function anyUsage(tree: ShareTree): fc.Arbitrary<Usage> {
  const charges = fc.array(fc.tuple(anyWho, fc.constantFrom(100, 1000, 1000, 7200)), { maxLength: 12 });
  return fc.tuple(fc.array(anyWho, { maxLength: 4 }), charges).map(([waiting, charged]) => {
    const usage = noUsage();
    wake(tree, usage, waiting);
    for (let at = 0; at < 40; at++)
      charge(usage, placeOf(tree, { vo: 'astro', group: 'users', owner: `user-${at}` }), (at * 700) % 3000);
    for (const [who, coreS] of charged) charge(usage, placeOf(tree, who), coreS);
    return usage;
  });
}
