import { ApiError, NoAnswerError } from '@pilotfish/api-contract';
import { describe, expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';
import { persist } from './persist.ts';

const refusal = (status: number, code: string) =>
  new ApiError({ type: 'about:blank', title: '', status, detail: 'no', code, requestId: '', errors: [] });

/** Fails with each error in turn, then succeeds. */
function failing(...errors: Error[]) {
  let calls = 0;
  const call = async () => {
    const error = errors[calls];
    calls += 1;
    if (error !== undefined) throw error;
    return calls;
  };
  return call;
}

describe('persist', () => {
  it('calls again after no answer, a fault of the service and an answer that isn’t its own', async () => {
    const call = failing(new NoAnswerError('cut'), refusal(503, 'unavailable'), refusal(404, 'internal'));
    expect(await persist(call)).toEqual({ kind: 'accepted', reply: 4 });
  });

  it('takes a refusal as final', async () => {
    const sent = await persist(failing(refusal(409, 'stale-attempt')));
    expect(sent).toMatchObject({ kind: 'refused', problem: { code: 'stale-attempt' } });
  });

  it('is unsure when its patience or its signal ends', async () => {
    const silent = async () => {
      throw new NoAnswerError('cut');
    };
    expect(await persist(silent, { maxMs: 1 })).toEqual({ kind: 'unsure', reason: 'cut' });
    expect(await persist(silent, { signal: AbortSignal.abort() })).toEqual({ kind: 'unsure', reason: 'cut' });
  });

  it('lets an error of our own through', async () => {
    await expect(persist(failing(new TypeError('a bug')))).rejects.toThrow('a bug');
  });
});

describe('the pause between tries', () => {
  it('grows to its ceiling and keeps to its upper half', () => {
    expect([1, 2, 3, 100].map((tries) => backoffMs(tries, 1000, () => 0))).toEqual([200, 400, 500, 500]);
    expect(backoffMs(100, 1000, () => 0.999)).toBeLessThan(1000);
  });
});
