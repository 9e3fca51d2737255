import { randomUUID } from 'node:crypto';
import { NoAnswerError, routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunningApi, type RunningApi, refusalOf } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const submit = (name: string, idempotencyKey: string, by: 'ben' | 'bea' = 'ben') =>
  running.as(by).call(routes.submitJob, { body: { executable: '/bin/true', name }, idempotencyKey });

const jobsNamed = async (name: string) =>
  (await running.as('ann').call(routes.listJobs, { query: { name } })).jobs.map(({ id }) => id);

describe('a call with an Idempotency-Key', () => {
  it('has its effect once, however often it is repeated', async () => {
    const key = randomUUID();
    const first = await submit('once', key);
    expect(await submit('once', key)).toEqual(first);
    expect(await submit('once', key)).toEqual(first);
    expect(await jobsNamed('once')).toEqual(first.ids);
  });

  it('is refused with another body', async () => {
    const key = randomUUID();
    await submit('mine', key);
    expect(await refusalOf(submit('other', key))).toMatchObject({ status: 422, code: 'idempotency-conflict' });
    expect(await jobsNamed('other')).toEqual([]);
  });

  it('makes one job when it comes many times at once', async () => {
    const key = randomUUID();
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => submit('at-once', key)));
    const ids = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.ids : []));
    const made = await jobsNamed('at-once');
    expect(made).toHaveLength(1);
    expect([...new Set(ids)]).toEqual(made);
    for (const answer of answers) {
      if (answer.status === 'rejected')
        expect(answer.reason.problem).toMatchObject({ status: 409, code: 'idempotency-in-flight' });
    }
    expect((await submit('at-once', key)).ids).toEqual(made);
  });

  it('may be used again after a refusal, which had no effect', async () => {
    const key = randomUUID();
    expect(await refusalOf(submit('x'.repeat(200), key))).toMatchObject({ status: 400 });
    const { ids } = await submit('mended', key);
    expect(await jobsNamed('mended')).toEqual(ids);
  });

  it("is the caller's own: two callers may come upon the same key", async () => {
    const key = randomUUID();
    const [mine, hers] = [await submit('two', key), await submit('two', key, 'bea')];
    expect(hers.ids).not.toEqual(mine.ids);
  });

  it('keeps the answers of a bulk call, refused items included', async () => {
    const call = () =>
      running.as('ben').call(routes.submitJobs, {
        body: { jobs: [{ executable: '/bin/true', name: 'in-bulk' }, {}] },
        idempotencyKey: 'bulk-of-this-test',
      });
    const first = await call();
    expect(await call()).toEqual(first);
    expect(await jobsNamed('in-bulk')).toHaveLength(1);
  });

  it('tells a key that is too short', async () => {
    expect(await refusalOf(submit('short', 'abc'))).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('gives the answer that got lost on the way', async () => {
    const key = randomUUID();
    const cut = running.as('ben').call(routes.submitJob, {
      body: { executable: '/bin/true', name: 'lost' },
      idempotencyKey: key,
      timeoutMs: 1,
    });
    await expect(cut).rejects.toBeInstanceOf(NoAnswerError);
    await expect
      .poll(() =>
        submit('lost', key).then(
          ({ ids }) => ids.length,
          () => 0,
        ),
      )
      .toBe(1);
    expect(await jobsNamed('lost')).toHaveLength(1);
  });
});
