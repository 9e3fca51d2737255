// Arbitrary limits and delays over the small world of examples.fixture.ts.
import fc from 'fast-check';
import type { Delay, Dimensions, Limit } from './limit.ts';
import type { Delays } from './room.ts';

const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });

const anyDimensions: fc.Arbitrary<Dimensions> = fc
  .record({
    vo: rarely(fc.constant('astro')),
    group: rarely(fc.constantFrom('users', 'prod')),
    owner: rarely(fc.constantFrom('ada', 'bob')),
    site: rarely(fc.constantFrom('S1', 'S2')),
    endpoint: rarely(fc.constant('E1')),
    jobType: rarely(fc.constantFrom('User', 'Test')),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

const anyLimits: fc.Arbitrary<readonly Limit[]> = fc
  .array(
    fc.record({
      dimensions: anyDimensions,
      max: fc.integer({ min: 0, max: 8 }),
      unit: fc.constantFrom('jobs' as const, 'processors' as const),
    }),
    { maxLength: 4 },
  )
  .map((limits) => limits.map((limit, at) => ({ ...limit, id: `limit-${9 - at}` })));

const anyDelay: fc.Arbitrary<readonly Delay[]> = fc.array(
  fc.record({ id: fc.constant('delay'), dimensions: anyDimensions, delayS: fc.constant(10) }),
  { maxLength: 1 },
);

export interface Limited {
  readonly limits: readonly Limit[];
  readonly counters: ReadonlyMap<string, number>;
  readonly delays: Delays;
}

export const anyLimited: fc.Arbitrary<Limited> = fc
  .tuple(
    anyLimits,
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    anyDelay,
    fc.constantFrom(95, 89),
  )
  .map(([limits, used, delays, last]) => ({
    limits,
    counters: new Map(limits.map(({ id }, at) => [id, used[at]!])),
    delays: { delays, lastMatchS: new Map([['delay', last]]), nowS: 100 },
  }));
