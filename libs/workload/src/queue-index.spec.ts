import type { Candidate } from '@pilotfish/matcher';
import { expect, it } from 'vitest';
import type { ClaimStore } from './claim-store.ts';
import { QueueIndex } from './queue-index.ts';
import { aCandidate, NO_SHARES } from './workload.fixture.ts';

/** Reads that end when the test says so. */
function anIndex() {
  const reads: { answer(candidates: readonly Candidate[]): void; fail(error: Error): void }[] = [];
  let at = 0;
  const store = {
    shares: async () => NO_SHARES,
    candidates: () => new Promise<readonly Candidate[]>((answer, fail) => reads.push({ answer, fail })),
  };
  const index = new QueueIndex(store as unknown as ClaimStore, () => at);
  return {
    index,
    reads,
    pass: (ms: number) => {
      at += ms;
    },
  };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));
const ids = (candidates: readonly Candidate[]) => candidates.map(({ queue }) => queue.id);

it('many looks share one read, and each VO sees its own queues', async () => {
  const { index, reads } = anIndex();
  const looks = Promise.all([index.fresh('astro'), index.fresh('bio'), index.fresh('none')]);
  expect(reads).toHaveLength(1);
  reads[0]!.answer([aCandidate(1), aCandidate(2, 1, 'bio'), aCandidate(3)]);
  expect((await looks).map(ids)).toEqual([[1, 3], [2], []]);
  expect(ids(await index.fresh('bio'))).toEqual([2]);
  expect(reads).toHaveLength(1);
});

it('a second later it reads again', async () => {
  const { index, reads, pass } = anIndex();
  const first = index.fresh('astro');
  reads[0]!.answer([]);
  await first;
  pass(1001);
  void index.fresh('astro');
  expect(reads).toHaveLength(2);
});

it('what is announced during a read is seen by the next look, which waits for a read of its own', async () => {
  const { index, reads } = anIndex();
  const before = index.fresh('astro');
  index.invalidate();
  const after = index.fresh('astro');
  reads[0]!.answer([aCandidate(1)]);
  expect(ids(await before)).toEqual([1]);
  await settled();
  expect(reads).toHaveLength(2);
  reads[1]!.answer([aCandidate(1), aCandidate(2)]);
  expect(ids(await after)).toEqual([1, 2]);
});

it('a look ends under a stream of announcements', async () => {
  const { index, reads } = anIndex();
  const look = index.fresh('astro');
  index.invalidate();
  reads[0]!.answer([aCandidate(1)]);
  expect(ids(await look)).toEqual([1]);
  expect(reads).toHaveLength(1);
});

it('a failed read fails those who waited for it, and the next look tries again', async () => {
  const { index, reads } = anIndex();
  const first = index.fresh('astro');
  reads[0]!.fail(new Error('no database'));
  await expect(first).rejects.toThrow('no database');
  const second = index.fresh('astro');
  expect(reads).toHaveLength(2);
  reads[1]!.answer([aCandidate(4)]);
  expect(ids(await second)).toEqual([4]);
});
