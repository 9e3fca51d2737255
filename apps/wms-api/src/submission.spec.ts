// What becomes of a submission: taken, or refused with a problem that says what to do.
import { routes } from '@pilotfish/api-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRunningApi, type RunningApi, refusalOf } from './running-api.fixture.ts';

let running: RunningApi;
beforeAll(async () => {
  running = await aRunningApi();
});
afterAll(() => running.close());

const ben = () => running.as('ben');
const submitJdl = (jdl: string) => ben().call(routes.submitJdl, { body: { jdl } });
const NOWHERE = `sha256:${'0'.repeat(64)}`;

async function raw(path: string, body: string, contentType = 'application/json') {
  const headers = { authorization: `Bearer ${running.tokenOf('ben')}`, 'content-type': contentType };
  const response = await fetch(`${running.url}/api/v1${path}`, { method: 'POST', headers, body });
  return { status: response.status, type: response.headers.get('content-type'), problem: await response.json() };
}

describe('a submission that is taken', () => {
  it('belongs to its submitter and his VO, and shows the description as it was given', async () => {
    const body = { executable: '/bin/echo', arguments: ['hello'], name: 'greeting', resources: { processors: 2 } };
    const { ids } = await ben().call(routes.submitJob, { body });
    const job = await ben().call(routes.showJob, { params: { id: String(ids[0]) } });
    expect(job).toMatchObject({ owner: 'ben', vo: 'biomed', name: 'greeting', state: 'Waiting', attempts: [] });
    expect(job.description).toMatchObject({
      executable: '/bin/echo',
      arguments: ['hello'],
      requirements: { processors: { min: 2, max: 2 } },
      credential: 'none',
      maxReschedules: 3,
    });
  });

  it('makes one job of each member of a sweep, in order, and puts its id where %j stands', async () => {
    const body = { executable: '/bin/echo', arguments: ['%s', '%j'], sweep: { parameters: { s: ['a', 'b', 'c'] } } };
    const { ids } = await ben().call(routes.submitJob, { body });
    expect(ids).toHaveLength(3);
    const shown = await Promise.all(ids.map((id) => ben().call(routes.showJob, { params: { id: String(id) } })));
    expect(shown.map(({ description }) => description.arguments)).toEqual([
      ['a', String(ids[0])],
      ['b', String(ids[1])],
      ['c', String(ids[2])],
    ]);
  });

  it('may be JDL', async () => {
    const { ids } = await submitJdl('[ JobName = "tide"; Executable = "/bin/true"; Arguments = "1 2"; ]');
    const job = await ben().call(routes.showJob, { params: { id: String(ids[0]) } });
    expect(job).toMatchObject({ name: 'tide', description: { executable: '/bin/true', arguments: ['1', '2'] } });
  });

  it('goes to the VO that an operator names', async () => {
    const operator = running.as('operator');
    const { ids } = await operator.call(routes.submitJob, { body: { executable: '/bin/true', vo: 'astro' } });
    const job = await operator.call(routes.showJob, { params: { id: String(ids[0]) } });
    expect(job).toMatchObject({ owner: 'operator', vo: 'astro' });
  });
});

describe('a submission that is refused', () => {
  it('as malformed JDL names line and attribute', async () => {
    const problem = await refusalOf(submitJdl('[\n  Executable = "/bin/true";\n  CPUTime = "soon";\n]'));
    expect(problem).toMatchObject({ status: 400, code: 'bad-description' });
    expect(problem.errors).toContainEqual(
      expect.objectContaining({ pointer: expect.stringMatching(/^line 3.*CPUTime/) }),
    );
  });

  it('as JDL that is no record names the line', async () => {
    const problem = await refusalOf(submitJdl('[\n  Executable = ;\n]'));
    expect(problem).toMatchObject({ status: 400, code: 'bad-description' });
    expect(problem.errors[0]?.pointer).toMatch(/^line 2/);
  });

  it('as JDL with local files says how they come along', async () => {
    const problem = await refusalOf(submitJdl('[ Executable = "/bin/cat"; InputSandbox = {"data.txt"}; ]'));
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer: 'InputSandbox' }] });
    expect(problem.errors[0]?.detail).toContain('data.txt');
  });

  it('as text that is no JSON is a problem too', async () => {
    const { status, type, problem } = await raw('/jobs', '{"executable": ');
    expect(status).toBe(400);
    expect(type).toMatch(/^application\/problem\+json/);
    expect(problem).toMatchObject({ code: 'bad-request', detail: expect.stringMatching(/JSON/) });
  });

  it('as another kind of content is a problem too', async () => {
    const { status, type, problem } = await raw('/jobs', 'executable: /bin/true', 'text/x-unheard-of');
    expect(status).toBe(415);
    expect(type).toMatch(/^application\/problem\+json/);
    expect(problem).toMatchObject({ code: 'bad-request' });
  });

  it('for an unknown field names it, with the likely one', async () => {
    const body = { executable: '/bin/true', argumnets: ['x'] } as never;
    const problem = await refusalOf(ben().call(routes.submitJob, { body }));
    expect(problem).toMatchObject({ status: 400, code: 'bad-description', errors: [{ pointer: '/argumnets' }] });
    expect(problem.errors[0]?.detail).toContain('arguments');
  });

  it('for every flaw at once', async () => {
    const body = { executable: '', priority: 99, stdout: '../out' };
    const { errors } = await refusalOf(ben().call(routes.submitJob, { body }));
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/executable', '/priority', '/stdout']);
  });

  it('for another VO', async () => {
    const problem = await refusalOf(ben().call(routes.submitJob, { body: { executable: '/bin/true', vo: 'astro' } }));
    expect(problem).toMatchObject({ status: 403, code: 'wrong-vo', detail: expect.stringContaining('biomed') });
  });

  it('for a VO that does not exist, or for none, when an operator submits', async () => {
    const operator = running.as('operator');
    const nowhere = operator.call(routes.submitJob, { body: { executable: '/bin/true', vo: 'nowhere' } });
    expect(await refusalOf(nowhere)).toMatchObject({ status: 404, code: 'unknown-vo' });
    const none = operator.call(routes.submitJob, { body: { executable: '/bin/true' } });
    expect(await refusalOf(none)).toMatchObject({ status: 400, errors: [{ pointer: '#/vo' }] });
  });

  it('because nothing could ever run it, with a reason for each kind of node', async () => {
    const body = { executable: '/bin/true', resources: { processors: 64 } };
    const problem = await refusalOf(ben().call(routes.submitJob, { body }));
    expect(problem).toMatchObject({ status: 422, code: 'can-never-run' });
    expect(problem.errors).toEqual([{ pointer: '#', detail: expect.stringMatching(/profile small at here: .*64/) }]);
  });

  it('because its sandbox was not uploaded by its submitter', async () => {
    const body = { executable: '/bin/true', inputSandbox: NOWHERE };
    const problem = await refusalOf(ben().call(routes.submitJob, { body }));
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '#/inputSandbox' }] });
  });

  it('because a text holds what the database can not', async () => {
    const body = { executable: '/bin/true', arguments: ['a\u0000b'] };
    expect(await refusalOf(ben().call(routes.submitJob, { body }))).toMatchObject({ status: 400, code: 'bad-request' });
  });

  it('because few bytes would make too much of themselves', async () => {
    const values = Array.from({ length: 10_000 }, (_, index) => `${index}`);
    const sweep = { parameters: { s: values } };
    const many = Array.from({ length: 11 }, () => ({ executable: '/bin/true', sweep }));
    const inBulk = ben().call(routes.submitJobs, { body: { jobs: many } });
    expect(await refusalOf(inBulk)).toMatchObject({ status: 413, code: 'too-large' });
    const body = { executable: '/bin/true', arguments: ['%s'.repeat(30_000)], sweep };
    expect(await refusalOf(ben().call(routes.submitJob, { body }))).toMatchObject({ status: 413, code: 'too-large' });
  });
});

describe('a bulk submission', () => {
  it('answers each item on its own', async () => {
    const { items } = await ben().call(routes.submitJobs, {
      body: {
        jobs: [
          { executable: '/bin/true', name: 'first' },
          { executable: 7 },
          { executable: '/bin/true', vo: 'astro' },
          { executable: '/bin/true', resources: { memoryMb: 1_000_000 } },
          { executable: '/bin/true', inputSandbox: NOWHERE },
          { executable: '/bin/true', sweep: { parameters: { s: [1, 2] } } },
        ],
      },
    });
    expect(items.map((item) => (item.ok ? item.ids.length : item.code))).toEqual([
      1,
      'bad-description',
      'wrong-vo',
      'can-never-run',
      'bad-description',
      2,
    ]);
    expect(items[4]).toMatchObject({ errors: [{ pointer: '#/jobs/4/inputSandbox' }] });
    const first = items[0]?.ok ? items[0].ids[0] : 0;
    expect(await ben().call(routes.showJob, { params: { id: String(first) } })).toMatchObject({ name: 'first' });
  });

  it('is refused when there is nothing in it', async () => {
    const problem = await refusalOf(ben().call(routes.submitJobs, { body: { jobs: [] } }));
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '#/jobs' }] });
  });
});
