// Fair share as users meet it: two who both want more than there is get core-seconds by their weights.
import { Client, routes } from '@pilotfish/api-contract';
import { expect, test } from 'vitest';
import { eventually, submit, type User, withService } from './service.fixture.ts';

const SHORT = { executable: '/bin/sleep', arguments: ['0.5'], resources: { cpuTimeS: 100 } };
const ENOUGH_CORE_S = 50;

test('two users with weights 3 to 1 get core-seconds 3 to 1 on one VM of short jobs', () =>
  withService(async (service) => {
    const first = await service.addVo('astro', { maxVms: 1 });
    const operator = service.operator();
    const { token } = await operator.call(routes.addUser, { body: { name: 'second', vo: 'astro' } });
    const client = new Client({ url: service.url, token: () => token });
    const second: User = { name: 'second', vo: 'astro', token, client };
    await operator.call(routes.putShares, {
      params: { vo: 'astro' },
      body: { shares: [{ group: 'users', owner: first.name, weight: 3 }] },
    });
    await Promise.all([submit(first, SHORT, 600), submit(second, SHORT, 600)]);
    const shares = await eventually(
      async () => (await operator.call(routes.listShares, { query: { vo: 'astro' } })).shares,
      (nodes) => nodes.some(({ group, usedCoreS }) => group === null && usedCoreS >= ENOUGH_CORE_S),
      60_000,
      'enough to be used',
    );
    const actualOf = (name: string) => shares.find(({ owner }) => owner === name)!.actual;
    // The same by the jobs themselves.
    const { jobs } = await operator.call(routes.listJobs, { query: { vo: 'astro', state: ['Done'], limit: 1000 } });
    const done = jobs.filter(({ owner }) => owner === first.name).length;
    expect(Math.abs(done / jobs.length / 0.75 - 1)).toBeLessThan(0.15);
    expect(jobs.length).toBeGreaterThan(30);
    expect(shares.find(({ owner }) => owner === first.name)!.target).toBe(0.75);
    expect(Math.abs(actualOf(first.name) / 0.75 - 1)).toBeLessThan(0.15);
    expect(Math.abs(actualOf('second') / 0.25 - 1)).toBeLessThan(0.15);
  }));
