import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateStart, type Prospects } from './estimate-start.ts';
import { aJob, anOffer, node } from './workload.fixture.ts';

const NOON = Date.UTC(2030, 0, 1, 12);
const kind = { profile: 'small', endpoint: 'local' };
const full = anOffer({ free: node(0), empty: false });
const prospects = (overrides: Partial<Prospects> = {}): Prospects => ({
  now: NOON,
  job: aJob(),
  capacity: [anOffer()],
  running: [],
  booting: [],
  open: [],
  ahead: 0,
  runS: null,
  ...overrides,
});
/** Seconds from now, or null. */
const estimated = (overrides: Partial<Prospects>) => {
  const made = estimateStart(prospects(overrides));
  return made && Math.round((made.at.getTime() - NOON) / 1000);
};

describe('the estimated start', () => {
  it('is now where a running VM has room', () => {
    expect(estimateStart(prospects({ running: [anOffer()] }))).toEqual({
      at: new Date(NOON),
      because: '1 running VM can take it',
    });
    expect(estimated({ running: [anOffer()], ahead: 7 })).toBe(0);
  });

  it('is unknown where nothing was measured', () => {
    expect(estimated({})).toBeNull();
    expect(estimated({ running: [full], open: [{ ...kind, processors: 8, forS: 3 }] })).toBeNull();
    expect(estimated({ booting: [{ ...kind, forS: 3, usualS: null }] })).toBeNull();
    expect(estimated({ running: [anOffer()], ahead: 8 })).toBeNull();
  });

  it('is what is left of the usual boot', () => {
    const booting = [{ ...kind, forS: 10, usualS: 40 }];
    expect(estimated({ booting })).toBe(30);
    expect(estimated({ booting: [{ ...kind, forS: 100, usualS: 40 }] })).toBe(0);
    expect(estimated({ booting, ahead: 8, runS: 60 })).toBe(90);
    expect(estimated({ booting, job: aJob({ tags: ['GPU'] }) })).toBeNull();
  });

  it('is the end of what runs, and later with jobs ahead', () => {
    const open = [
      { ...kind, processors: 1, forS: 50 },
      { ...kind, processors: 1, forS: 20 },
    ];
    const running = [full];
    expect(estimated({ running, open, runS: 60 })).toBe(10);
    expect(estimated({ running, open, runS: 60, ahead: 1 })).toBe(40);
    expect(estimated({ running, open, runS: 60, ahead: 2 })).toBe(70);
    expect(estimateStart(prospects({ running, open, runS: 60, ahead: 2 }))?.because).toBe(
      '2 jobs of ada go first; such jobs take 1 min',
    );
  });

  it('never lies in the past and never comes earlier with more jobs ahead', () => {
    const amounts = fc.record({
      ahead: fc.nat(100_000),
      more: fc.nat(1000),
      runS: fc.double({ min: 0, max: 100_000, noNaN: true }),
      forS: fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(amounts, ({ ahead, more, runS, forS }) => {
        const open = forS.map((age) => ({ ...kind, processors: 1, forS: age }));
        const at = (count: number) =>
          estimateStart(prospects({ running: [full], open, runS, ahead: count }))!.at.getTime();
        expect(at(ahead)).toBeGreaterThanOrEqual(NOON);
        expect(at(ahead + more)).toBeGreaterThanOrEqual(at(ahead) - 1000);
      }),
    );
  });
});
