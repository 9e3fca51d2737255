import { describe, expect, it } from 'vitest';
import { aCandidate, anOffer, aQueue, cores } from '../examples.fixture.ts';
import { fill } from '../fill.ts';
import { type Limit, limitsOf } from './limit.ts';
import { room } from './room.ts';

const limit = (id: string, overrides: Partial<Limit> = {}): Limit => ({
  id,
  dimensions: {},
  max: 3,
  unit: 'jobs',
  ...overrides,
});
const many = (id: number, owner = 'ada') => aCandidate(aQueue(id, {}, { owner }), { waiting: 100 });

describe('limits', () => {
  it('apply where all that they name is equal, in the order of their ids', () => {
    const limits = [
      limit('z'),
      limit('b', { dimensions: { owner: 'ada', site: 'CLOUD.local.org' } }),
      limit('a', { dimensions: { owner: 'ada', site: 'CLOUD.far.org' } }),
      limit('c', { dimensions: { jobType: 'User', endpoint: 'local', vo: 'astro', group: 'users' } }),
    ];
    expect(limitsOf(aQueue(1), anOffer(), limits).map(({ id }) => id)).toEqual(['b', 'c', 'z']);
  });

  it('count what runs already, and let others go on', () => {
    const limits = [limit('ada', { dimensions: { owner: 'ada' } })];
    const picks = fill(anOffer(), [many(1), many(2, 'bob')], 99, undefined, room(limits, new Map([['ada', 2]])));
    expect(picks.map(({ queue, count }) => [queue, count])).toEqual([
      [1, 1],
      [2, 7],
    ]);
  });

  it('of processors leave an elastic job what they leave, and a whole-node job all or nothing', () => {
    const five = room([limit('five', { max: 5, unit: 'processors' })], new Map());
    const elastic = aCandidate(aQueue(1, cores(2, 64)), { waiting: 2 });
    const whole = aCandidate(aQueue(2, { wholeNode: true }));
    expect(fill(anOffer(), [elastic, whole], 99, undefined, five)).toMatchObject([
      { queue: 1, count: 1, each: { processors: 5 } },
    ]);
  });

  it('of more than one ask hold for the batch that shares a room', () => {
    const shared = room([limit('all', { max: 10 })], new Map());
    const counts = [1, 2, 3].map(() => fill(anOffer(), [many(1)], 99, undefined, shared)[0]?.count);
    expect(counts).toEqual([8, 2, undefined]);
  });

  it('of time let one job go, and the next one when they have passed', () => {
    const delays = [{ id: 'slow', dimensions: { owner: 'ada' }, delayS: 30 }];
    const at = (nowS: number) => room([], new Map(), { delays, lastMatchS: new Map([['slow', 100]]), nowS });
    const jobs = (nowS: number) => fill(anOffer(), [many(1)], 99, undefined, at(nowS))[0]?.count;
    expect([jobs(129), jobs(130)]).toEqual([undefined, 1]);
  });

  it('may be below what runs already', () => {
    const picks = fill(anOffer(), [many(1)], 99, undefined, room([limit('all')], new Map([['all', 9]])));
    expect(picks).toEqual([]);
  });
});
