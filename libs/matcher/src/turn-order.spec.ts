import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compile } from './compiled-need.ts';
import { aCandidate, aQueue } from './examples.fixture.ts';
import type { Places } from './turn.ts';
import { TurnOrder } from './turn-order.ts';
import { turnTrees } from './turn-tree.ts';

const each: Places = {
  placeOf: ({ id }) => ({ background: false, root: '', levels: [{ key: `${id}`, weight: 1, burstCoreS: 0 }] }),
};

const anyStep = fc.record({ close: fc.boolean(), at: fc.nat(99), cost: fc.nat(9), debt: fc.nat(12), most: fc.nat(9) });

it('agrees with sorting everything anew, whatever is charged and closed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 60 }), fc.array(anyStep, { maxLength: 80 }), (begin, steps) => {
      const ranked = begin.map((_, rank) => {
        const candidate = aCandidate(aQueue(rank + 1));
        return { candidate, need: compile(candidate.queue), rank };
      });
      const [tree] = turnTrees(ranked, each);
      const order = new TurnOrder(tree, Float64Array.from([0, ...begin]));
      const plain = begin.map((start, at) => ({ leaf: at + 1, start }));
      for (const { close, at, cost, debt, most } of steps) {
        plain.sort((left, right) => left.start - right.start || left.leaf - right.leaf);
        const [head] = plain;
        expect(order.head()).toBe(head?.leaf);
        if (head === undefined) return;
        const near = plain.filter((one) => one === head || one.start - head.start < debt);
        expect(order.within(debt, most + 1)).toEqual(near.slice(0, most + 1).map(({ leaf }) => leaf));
        const one = plain[at % plain.length]!;
        if (close) order.close(one.leaf);
        else order.charge(one.leaf, cost);
        if (close) plain.splice(plain.indexOf(one), 1);
        else one.start += cost;
      }
    }),
    { numRuns: 500 },
  );
});
