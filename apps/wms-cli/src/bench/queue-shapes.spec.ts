import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QueueShape, queueShapes } from './queue-shapes.ts';
import { SITES, SNAPSHOT } from './snapshot-shape.ts';

const jobsOf = (shapes: readonly QueueShape[]): number => shapes.reduce((sum, { jobs }) => sum + jobs, 0);
const whole = queueShapes(SNAPSHOT.waiting, SNAPSHOT.queues);
const share = (of: (shape: QueueShape) => boolean): number => jobsOf(whole.filter(of)) / SNAPSHOT.waiting;
const distinct = (of: (shape: QueueShape) => readonly string[]): number => new Set(whole.flatMap(of)).size;

describe('at full size', () => {
  it('there are as many jobs, queues, sites and job types as in the snapshot', () => {
    expect([jobsOf(whole), whole.length]).toEqual([SNAPSHOT.waiting, SNAPSHOT.queues]);
    expect(distinct(({ sites }) => sites)).toBe(SITES);
    expect(distinct(({ jobType }) => [jobType])).toBe(11);
    expect(distinct(({ platforms }) => platforms)).toBe(58);
  });

  it('one owner has 81 % of the jobs', () => {
    expect(share(({ owner }) => owner === 'simulation-production')).toBeCloseTo(0.812, 3);
  });

  it('properties keep their published shares of the queues', () => {
    const queuesWith = (of: (shape: QueueShape) => boolean): number => whole.filter(of).length;
    expect(queuesWith(({ cpuTimeS }) => cpuTimeS === 259_200)).toBe(88);
    expect(queuesWith(({ jobType }) => jobType === 'WGProduction')).toBeGreaterThan(190);
    expect(queuesWith(({ platforms }) => platforms.includes('armv8.2_a-el9'))).toBe(178);
    expect(queuesWith(({ sites }) => sites.includes('site-01'))).toBeGreaterThan(340);
  });

  it('every queue names a site, so that a node elsewhere suits none', () => {
    expect(whole.every(({ sites }) => sites.length > 0)).toBe(true);
  });

  it('more than half of the queues have a thousand jobs and more, as in the snapshot', () => {
    const large = whole.filter(({ jobs }) => jobs > 1000).length;
    expect(large / whole.length).toBeGreaterThan(0.5);
    expect(Math.max(...whole.map(({ jobs }) => jobs))).toBeLessThan(8000);
  });
});

it('any number of jobs in any number of queues adds up, none of them empty, and the same each time', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 700 }), fc.nat(50_000));
  fc.assert(
    fc.property(sizes, ([queues, more]) => {
      const shapes = queueShapes(queues + more, queues);
      expect(shapes).toHaveLength(queues);
      expect(jobsOf(shapes)).toBe(queues + more);
      expect(Math.min(...shapes.map(({ jobs }) => jobs))).toBeGreaterThan(0);
      expect(queueShapes(queues + more, queues)).toEqual(shapes);
    }),
    { numRuns: 40 },
  );
});

it('fewer jobs than queues are refused', () => {
  expect(() => queueShapes(4, 5)).toThrow(RangeError);
  expect(() => queueShapes(4, 0)).toThrow(RangeError);
});
