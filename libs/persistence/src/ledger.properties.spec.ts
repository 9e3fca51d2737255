import fc from 'fast-check';
import { expect, it } from 'vitest';
import { brokenAtRest, brokenInvariants } from './invariants.ts';
import { anyCourse, type Deployment, takeTogether, windDown } from './ledger.fixture.ts';
import { aWorld } from './world.fixture.ts';

const RUNS = 12;

it('whatever users, pilots and the director do together, the promises of the ledger hold', async () => {
  await fc.assert(
    fc.asyncProperty(anyCourse, async (course) => {
      const world = await aWorld();
      try {
        const all: Deployment = { world, machines: [], submitted: [] };
        for (const steps of course) {
          await takeTogether(all, steps);
          expect(await brokenInvariants(world.db)).toEqual([]);
        }
        await windDown(all);
        expect(await brokenAtRest(world.db)).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: RUNS },
  );
}, 120_000);
