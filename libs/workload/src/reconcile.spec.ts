import type { AttemptState, JobId } from '@pilotfish/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Ledgered, MISSING_GRACE_MS, reconcile } from './reconcile.ts';

const key = (jobId: number, n = 1) => ({ jobId: jobId as JobId, n });
const held = (jobId: number, overrides: Partial<Ledgered> = {}): Ledgered => ({
  ...key(jobId),
  state: 'Running',
  ageMs: 60_000,
  missingMs: null,
  successorFree: false,
  ...overrides,
});
const nothing = { nowMissing: [], foundAgain: [], giveUp: [], takeBack: [], notYours: [] };

it('what both sides know needs nothing', () => {
  expect(reconcile([held(1), held(2, { state: 'Claimed' })], [key(1), key(2)])).toEqual(nothing);
  expect(reconcile([], [])).toEqual(nothing);
});

it('an open attempt that is not listed is marked, and given up only after the grace', () => {
  expect(reconcile([held(1)], [])).toMatchObject({ nowMissing: [key(1)], giveUp: [] });
  const later = (missingMs: number) => reconcile([held(1, { missingMs })], []);
  expect(later(MISSING_GRACE_MS - 1)).toMatchObject(nothing);
  expect(later(MISSING_GRACE_MS)).toMatchObject({ giveUp: [key(1)], nowMissing: [] });
});

it('an attempt that is listed again is found again', () => {
  const { foundAgain, giveUp } = reconcile([held(1, { missingMs: 99_000 })], [key(1)]);
  expect([foundAgain, giveUp]).toMatchObject([[key(1)], []]);
});

it('a lost attempt is taken back while its job has no successor, otherwise it is to stop', () => {
  const lost = (successorFree: boolean) => reconcile([held(1, { state: 'Lost', successorFree })], [key(1)]);
  expect(lost(true)).toMatchObject({ takeBack: [key(1)], notYours: [] });
  expect(lost(false)).toMatchObject({ takeBack: [], notYours: [key(1)] });
});

it('an attempt that ended, another number of the same job, and an unknown job are not the pilot’s', () => {
  const ledger = [held(1, { state: 'Done' }), held(2)];
  expect(reconcile(ledger, [key(1), key(2, 2), key(3)])).toMatchObject({ notYours: [key(1), key(2, 2), key(3)] });
});

it('every attempt gets at most one verdict, and every listed one that is open stays', () => {
  const states: AttemptState[] = ['Claimed', 'Running', 'Completing', 'Done', 'Failed', 'Killed', 'Lost'];
  const attempt = fc.record({
    jobId: fc.integer({ min: 1, max: 6 }).map((id) => id as JobId),
    n: fc.integer({ min: 1, max: 2 }),
    state: fc.constantFrom(...states),
    ageMs: fc.nat(),
    missingMs: fc.option(fc.nat(20_000)),
    successorFree: fc.boolean(),
  });
  const id = ({ jobId, n }: { jobId: JobId; n: number }) => `${jobId}.${n}`;
  fc.assert(
    fc.property(
      fc.uniqueArray(attempt, { selector: id }),
      fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 2 })), { selector: String }),
      (ledger, pairs) => {
        const listed = pairs.map(([jobId, n]) => key(jobId, n));
        const verdicts = reconcile(ledger, listed);
        const all = Object.values(verdicts).flat().map(id);
        expect(new Set(all).size).toBe(all.length);
        const open = ledger.filter(({ state }) => ['Claimed', 'Running', 'Completing'].includes(state)).map(id);
        const stopped = new Set([...verdicts.notYours, ...verdicts.giveUp].map(id));
        for (const one of listed.map(id)) if (open.includes(one)) expect(stopped.has(one)).toBe(false);
      },
    ),
  );
});
