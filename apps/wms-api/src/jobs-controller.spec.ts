import { Client, routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunningVm, type HandDrivenVm, startedJob } from './hand-driven-vm.fixture.ts';
import { aRunningApi, type RunningApi, refusalOf, submitOne } from './running-api.fixture.ts';

let running: RunningApi;
let ben: Client;
let art: Client;
beforeAll(async () => {
  running = await aRunningApi();
  ben = running.as('ben');
  art = running.as('art');
});
afterAll(() => running.close());

const NO_SUCH_JOB = 987_654_321;
const list = (client: Client, query: Parameters<typeof listQuery>[1] = {}) => listQuery(client, query);
async function listQuery(client: Client, query: { jobGroup?: string; owner?: string; vo?: string; name?: string }) {
  return (await client.call(routes.listJobs, { query })).jobs.map(({ id }) => id);
}

async function jobsOf(client: Client, count: number, jobGroup: string): Promise<number[]> {
  const sweep = { parameters: { s: Array.from({ length: count }, (_, index) => index) } };
  const { ids } = await client.call(routes.submitJob, { body: { executable: '/bin/true', jobGroup, sweep } });
  return ids;
}

describe('the list of jobs', () => {
  it('comes in pages, newest first, each job once', async () => {
    const ids = await jobsOf(ben, 7, 'pages');
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const query = { jobGroup: 'pages', limit: 3, ...(cursor === null ? {} : { cursor }) };
      const page: { jobs: { id: number }[]; next: string | null } = await ben.call(routes.listJobs, { query });
      expect(page.jobs.length).toBeLessThanOrEqual(3);
      seen.push(...page.jobs.map(({ id }) => id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual([...ids].reverse());
  });

  it('may change the size of its pages from call to call', async () => {
    await jobsOf(ben, 3, 'sizes');
    for (const limit of [1, 2, 3]) {
      const pages = Array.from({ length: 10 }, () =>
        ben.call(routes.listJobs, { query: { jobGroup: 'sizes', limit } }),
      );
      for (const { jobs } of await Promise.all(pages)) expect(jobs).toHaveLength(limit);
    }
  });

  it('can be narrowed by state, owner, name and group of jobs', async () => {
    const [kept, killed] = await jobsOf(ben, 2, 'narrow');
    const hers = await submitOne(running.as('bea'), { jobGroup: 'narrow', name: 'tide-1' });
    await ben.call(routes.killJobs, { body: { ids: [killed!] } });
    const query = { jobGroup: 'narrow' };
    const waiting = await ben.call(routes.listJobs, { query: { ...query, state: ['Waiting'] } });
    expect(waiting.jobs.map(({ id }) => id)).toEqual([hers, kept]);
    const two = await ben.call(routes.listJobs, { query: { ...query, state: ['Waiting', 'Killed'] } });
    expect(two.jobs).toHaveLength(3);
    expect(await list(ben, { ...query, owner: 'bea' })).toEqual([hers]);
    expect(await list(ben, { ...query, name: 'tide*' })).toEqual([hers]);
    const { counts } = await ben.call(routes.countJobs, { query });
    expect(counts).toEqual({ Waiting: 2, Killed: 1 });
  });

  it('refuses a cursor that is none, and a state that does not exist', async () => {
    const foreign = ben.call(routes.listJobs, { query: { cursor: 'page-2' } });
    expect(await refusalOf(foreign)).toMatchObject({ status: 400, detail: expect.stringContaining('cursor') });
    const odd = ben.call(routes.listJobs, { query: { state: ['Flying' as 'Done'] } });
    expect(await refusalOf(odd)).toMatchObject({ status: 400, errors: [{ pointer: 'query/state/0' }] });
  });
});

describe('jobs of another VO', () => {
  it('are not there, whatever the query says', async () => {
    const id = await submitOne(ben, { jobGroup: 'private' });
    for (const query of [{}, { vo: 'biomed' }, { owner: 'ben' }]) {
      expect(await list(art, { ...query, jobGroup: 'private' })).toEqual([]);
    }
    const params = { id: String(id) };
    for (const call of [
      () => art.call(routes.showJob, { params }),
      () => art.call(routes.jobHistory, { params }),
      () => art.call(routes.whyJob, { params }),
      () => art.call(routes.jobLog, { params: { ...params, stream: 'stdout' } }),
      () => art.bytes(routes.jobOutput, { params }),
    ]) {
      expect(await refusalOf(call())).toMatchObject({ status: 404, code: 'not-found' });
    }
    expect(await list(running.as('operator'), { jobGroup: 'private' })).toEqual([id]);
  });

  it.each(['0', '-1', '1e3', '0x10', '7.0', 'seven'])('a job has no id like %s', async (id) => {
    expect(await refusalOf(ben.call(routes.showJob, { params: { id } }))).toMatchObject({ status: 400 });
  });
});

describe('killing, rescheduling and deleting', () => {
  let vm: HandDrivenVm;
  beforeAll(async () => {
    vm = await aRunningVm(running);
    await running.as('operator').call(routes.killJobs, { body: { states: ['Waiting'] } });
  });

  it('answers for every id that was named', async () => {
    const [mine, done] = await jobsOf(ben, 2, 'kill');
    const hers = await submitOne(running.as('bea'));
    await ben.call(routes.killJobs, { body: { ids: [done!] } });
    const ids = [mine!, done!, hers, NO_SUCH_JOB];
    const answer = await ben.call(routes.killJobs, { body: { ids, reason: 'wrong input' } });
    expect(answer.done).toEqual([mine]);
    expect(answer.refused).toEqual([
      { id: done, detail: expect.stringContaining('Killed') },
      { id: hers, detail: expect.stringContaining('ben') },
      { id: NO_SUCH_JOB, detail: expect.stringContaining('no such job') },
    ]);
    expect(await ben.call(routes.showJob, { params: { id: String(mine) } })).toMatchObject({
      state: 'Killed',
      killReason: 'wrong input',
    });
    await running.as('ann').call(routes.killJobs, { body: { ids: [hers] } });
    expect(await ben.call(routes.showJob, { params: { id: String(hers) } })).toMatchObject({ state: 'Killed' });
  });

  it("reaches no job of another VO, not even an administrator's hand", async () => {
    const id = await submitOne(art);
    const answer = await running.as('ann').call(routes.killJobs, { body: { ids: [id] } });
    expect(answer).toMatchObject({ done: [], refused: [{ id }] });
    expect(await running.as('ann').call(routes.killJobs, { body: { owner: 'art' } })).toEqual({
      done: [],
      refused: [],
    });
    expect(await art.call(routes.showJob, { params: { id: String(id) } })).toMatchObject({ state: 'Waiting' });
  });

  it('by owner is only for those who may', async () => {
    const byOwner = ben.call(routes.killJobs, { body: { owner: 'bea' } });
    expect(await refusalOf(byOwner)).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('wants to be told which jobs', async () => {
    const problem = await refusalOf(ben.call(routes.deleteJobs, { body: {} }));
    expect(problem).toMatchObject({ status: 400, errors: [{ detail: expect.stringContaining('ids') }] });
  });

  it('puts a failed job back into its queue, and no other', async () => {
    const id = await submitOne(ben);
    await vm.end(await startedJob(vm), { result: 'failed', minor: 'Application Finished With Errors', exitCode: 1 });
    const waiting = await submitOne(ben);
    const answer = await ben.call(routes.rescheduleJobs, { body: { ids: [id, waiting] } });
    expect(answer).toEqual({ done: [id], refused: [{ id: waiting, detail: expect.stringContaining('Waiting') }] });
    const job = await ben.call(routes.showJob, { params: { id: String(id) } });
    expect(job).toMatchObject({ state: 'Waiting', reschedules: 1, attempt: 1, exitCode: null, endedAt: null });
    await ben.call(routes.killJobs, { body: { ids: [id, waiting] } });
  });

  it('deletes what has ended or waits, and refuses what runs', async () => {
    const [waiting, held] = [await submitOne(ben, { jobGroup: 'gone' }), await submitOne(ben, { jobGroup: 'gone' })];
    await ben.call(routes.deleteJobs, { body: { ids: [waiting] } });
    const job = await startedJob(vm);
    expect(job.jobId).toBe(held);
    const answer = await ben.call(routes.deleteJobs, { body: { jobGroup: 'gone' } });
    expect(answer).toMatchObject({
      done: [],
      refused: [{ id: held, detail: expect.stringContaining('kill it first') }],
    });
    expect(await list(ben, { jobGroup: 'gone' })).toEqual([held]);
    await vm.end(job);
  });
});

describe('why a job is where it is', () => {
  it('says so of a job that waits and of one that was killed', async () => {
    const id = await submitOne(ben);
    const why = () => ben.call(routes.whyJob, { params: { id: String(id) } });
    expect(await why()).toMatchObject({ id, state: 'Waiting', summary: expect.stringMatching(/./) });
    await ben.call(routes.killJobs, { body: { ids: [id], reason: 'no need' } });
    expect(await why()).toMatchObject({ state: 'Killed', lines: [{ about: 'kill', text: 'no need' }] });
  });

  it('shows the queues that have jobs waiting, of the own VO only', async () => {
    await submitOne(ben);
    await submitOne(art);
    const { queues } = await ben.call(routes.listQueues, { query: { vo: 'astro' } });
    expect(new Set(queues.map(({ vo }) => vo))).toEqual(new Set(['biomed']));
    expect(queues).toContainEqual(expect.objectContaining({ owner: 'ben', waiting: 1 }));
  });
});
