import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParsedQuery, routes } from '@pilotfish/api-contract';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeService, type Handlers, Refusal, startFakeService } from '../fake-service.fixture.ts';
import { aJob, aJobDetail } from '../rows.fixture.ts';
import { emptyFolder, type RunOptions, run } from '../run.fixture.ts';
import { packSandbox } from '../sandbox/pack.ts';

let service: FakeService | undefined;

afterEach(() => service?.close());

async function wms(handlers: Handlers, argv: readonly string[], options: RunOptions = {}) {
  service = await startFakeService(handlers);
  return run(argv, { url: service.url, ...options });
}

const notThere = () => new Refusal({ status: 404, code: 'not-found', detail: 'there is no such job' });

describe('jobs', () => {
  const two = { jobs: [aJob({ id: 9, state: 'Running', startedAt: '2030-01-01T11:59:48Z' }), aJob()], next: null };

  it('is a table on a terminal, TSV in a pipe, ids with -q and the raw reply with --json', async () => {
    const handlers: Handlers = { listJobs: () => two };
    const people = await wms(handlers, ['jobs'], { terminal: true });
    expect(people.stdout).toMatch(/ID.*NAME.*STATE.*AGE/);
    expect(people.stdout).toContain('3 min');
    expect(people.stdout).toContain('\u001b[');
    const environment = { NO_COLOR: '1', WMS_URL: service!.url, WMS_TOKEN: 'secret-token' };
    expect((await run(['jobs'], { environment, terminal: true })).stdout).not.toContain('\u001b');
    const { url } = service!;
    expect((await run(['jobs'], { url })).stdout.split('\n')[0]?.split('\t').slice(0, 3)).toEqual([
      '9',
      'render',
      'Running',
    ]);
    expect((await run(['jobs', '-q'], { url })).stdout).toBe('9\n7\n');
    expect(JSON.parse((await run(['--json', 'jobs'], { url })).stdout)).toEqual(two);
  });

  it('passes on its filters and goes through the pages', async () => {
    const queries: ParsedQuery<typeof routes.listJobs>[] = [];
    const handlers: Handlers = {
      listJobs: ({ query }) => {
        queries.push(query);
        const page = queries.length;
        return { jobs: [aJob({ id: 100 - page })], next: page < 3 ? `c${page}` : null };
      },
    };
    const argv = ['jobs', '--all', '-q', '-s', 'running,failed', '-g', 'tiles', '--owner', 'bob'];
    expect((await wms(handlers, argv)).stdout).toBe('99\n98\n97\n');
    expect(queries.map(({ cursor }) => cursor)).toEqual([undefined, 'c1', 'c2']);
    expect(queries[2]).toMatchObject({ state: ['Running', 'Failed'], jobGroup: 'tiles', owner: 'bob', limit: 1000 });
  });

  it('shows no more than was asked for, and says that there is more', async () => {
    const handlers: Handlers = {
      listJobs: ({ query }) => ({
        jobs: Array.from({ length: query.limit }, (_, id) => aJob({ id: id + 1 })),
        next: 'c',
      }),
    };
    const result = await wms(handlers, ['jobs', '-n', '2'], { terminal: true });
    expect(result.stdout.trim().split('\n')).toHaveLength(3);
    expect(result.stderr).toContain('--all');
  });

  it('counts by state', async () => {
    expect((await wms({ countJobs: () => ({ counts: { Done: 3 } }) }, ['jobs', '--count'])).stdout).toBe('Done\t3\n');
  });

  it('names the states there are when one is mistyped', async () => {
    const result = await run(['jobs', '-s', 'Runing'], { environment: {} });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('Running');
  });
});

describe('one job', () => {
  it('is shown with its command, quoted, and its attempts', async () => {
    const attempt = {
      n: 1,
      state: 'Running',
      vmId: '0a1b2c3d-0000-4000-8000-000000000001',
      endpoint: 'local',
      processors: 1,
      memoryMb: 100,
      claimedAt: '2030-01-01T11:59:00Z',
      startedAt: null,
      endedAt: null,
      exitCode: null,
      reason: null,
      cpuS: null,
      maxRssMb: null,
      hasOutput: false,
    };
    const handlers: Handlers = { showJob: () => aJobDetail({ attempts: [attempt] }) };
    const result = await wms(handlers, ['show', '7'], { terminal: true });
    expect(result.stdout).toMatch(/command +echo 'a b'/);
    expect(result.stdout).toMatch(/1 +.*Running.* +local +0a1b2c3d/);
    expect((await run(['show', '7'], { url: service!.url })).stdout).toContain('submitted\t2030-01-01T11:57:00Z\n');
  });

  it('has a history and reasons', async () => {
    const event = {
      at: '2030-01-01T11:57:00Z',
      state: 'Waiting',
      minor: 'm',
      applicationStatus: '',
      source: 'api',
      attempt: 0,
    } as const;
    const lines = [{ about: 'vm 0a1b', text: 'has 1 core free, 4 are needed' }];
    const handlers: Handlers = {
      jobHistory: () => ({ events: [event] }),
      whyJob: () => ({ id: 7, state: 'Waiting', summary: 'no VM has room', lines }),
    };
    expect((await wms(handlers, ['history', '7'])).stdout).toBe('2030-01-01T11:57:00Z\tWaiting\tm\t\t0\tapi\n');
    const { url } = service!;
    expect((await run(['why', '7'], { url, terminal: true })).stdout).toBe(
      'job 7 is Waiting: no VM has room\n  vm 0a1b  has 1 core free, 4 are needed\n',
    );
  });

  it('that is not there gives the detail of the service', async () => {
    const result = await wms(
      {
        showJob: () => {
          throw notThere();
        },
      },
      ['show', '7'],
    );
    expect(result).toEqual({ status: 1, stdout: '', stderr: 'error: there is no such job\n' });
  });
});

describe('wait', () => {
  it('waits until each has ended and exits with the worst status', async () => {
    let polls = 0;
    const handlers: Handlers = {
      showJob: ({ params, query }) => {
        expect(query.until).toBe('final');
        if (params.id === '1') return aJobDetail({ id: 1, state: ++polls < 3 ? 'Running' : 'Done', exitCode: 0 });
        return aJobDetail({ id: 2, state: 'Failed', exitCode: 42 });
      },
    };
    expect(await wms(handlers, ['wait', '1', '2'])).toEqual({
      status: 42,
      stdout: '1\tDone\t0\n2\tFailed\t42\n',
      stderr: '',
    });
    expect(polls).toBe(3);
  });

  it('sits out a service that restarts', async () => {
    let polls = 0;
    const handlers: Handlers = {
      showJob: () => {
        if (++polls < 3) throw new Refusal('drop');
        return aJobDetail({ state: 'Done' });
      },
    };
    expect((await wms(handlers, ['wait', '7'])).status).toBe(0);
  });

  it('gives up when its time is over', async () => {
    let time = 0;
    const now = () => {
      time += 1000;
      return new Date(time);
    };
    const result = await wms({ showJob: () => aJobDetail() }, ['wait', '7', '--timeout', '5'], { now });
    expect(result.status).toBe(124);
    expect(result.stderr).toContain('1 of 1 jobs had not ended');
  });
});

describe('logs', () => {
  const text = 'line 1\nline 2\nline 3\n';
  const chunk = (offset: number, attempt: number, ended: boolean) => {
    const part = text.slice(offset, offset + 7);
    return { stream: 'stdout', attempt, offset, text: part, nextOffset: offset + part.length, ended } as const;
  };

  it('prints what there is, chunk by chunk', async () => {
    const handlers: Handlers = { jobLog: ({ query }) => chunk(query.offset, query.attempt ?? 1, false) };
    expect((await wms(handlers, ['logs', '7'])).stdout).toBe(text);
    const json = await run(['logs', '7', '--attempt', '2', '--json'], { url: service!.url });
    expect(JSON.parse(json.stdout)).toMatchObject({ attempt: 2, offset: 0, text, nextOffset: text.length });
  });

  it('follows to the end of the job, and starts over with a new attempt', async () => {
    let calls = 0;
    const handlers: Handlers = {
      jobLog: ({ query }) => {
        calls += 1;
        return calls === 1 ? chunk(query.offset, 1, false) : chunk(query.offset, 2, calls > 3);
      },
    };
    const result = await wms(handlers, ['logs', '-f', '7']);
    expect(result.stdout).toBe(`line 1\n${text}`);
    expect(result.stderr).toBe('-- attempt 2 --\n');
  });

  it('asks for stderr when told to', async () => {
    const handlers: Handlers = {
      jobLog: ({ params }) => ({
        stream: 'stderr',
        attempt: 1,
        offset: 0,
        text: '',
        nextOffset: params.stream === 'stderr' ? 0 : 9,
        ended: true,
      }),
    };
    expect((await wms(handlers, ['logs', '7', '--stderr'])).status).toBe(0);
  });
});

describe('output', () => {
  const { bytes } = packSandbox([{ name: 'tile.ppm', content: Buffer.from('P3'), executable: false }]);

  it('goes into a folder per job, and one without output does not keep the others back', async () => {
    const cwd = await emptyFolder();
    const handlers: Handlers = {
      jobOutput: ({ params }) => {
        if (params.id === '8') throw notThere();
        return bytes;
      },
    };
    const result = await wms(handlers, ['output', '7-9', '-D', 'results'], { cwd });
    expect(result.status).toBe(1);
    expect(result.stderr).toBe('error: job 8: there is no such job\n');
    for (const id of ['7', '9']) expect(await readFile(join(cwd, 'results', id, 'tile.ppm'), 'utf8')).toBe('P3');
    const json = await run(['output', '7', '--json'], { url: service!.url, cwd });
    expect(JSON.parse(json.stdout)).toEqual({ outputs: [{ id: 7, folder: join(cwd, '7'), files: ['tile.ppm'] }] });
  });
});

describe('kill, reschedule and delete', () => {
  it('take ids or a filter, print what they did and say what they could not', async () => {
    const bodies: unknown[] = [];
    const handlers: Handlers = {
      killJobs: ({ body }) => {
        bodies.push(body);
        return { done: [7], refused: [{ id: 8, detail: 'is already Done' }] };
      },
      rescheduleJobs: ({ body }) => {
        bodies.push(body);
        return { done: [7, 8, 9], refused: [] };
      },
      deleteJobs: ({ body }) => {
        bodies.push(body);
        return { done: [], refused: [] };
      },
    };
    expect(await wms(handlers, ['kill', '7,8', '--reason', 'wrong data'])).toEqual({
      status: 1,
      stdout: '7\n',
      stderr: 'job 8: is already Done\n',
    });
    const options = { url: service!.url, terminal: true };
    expect((await run(['reschedule', '7-9'], options)).stdout).toBe('rescheduled 3 jobs: 7–9\n');
    expect((await run(['delete', '--group', 'tiles', '--state', 'failed'], options)).stdout).toBe('no such jobs\n');
    expect(bodies).toEqual([
      { ids: [7, 8], reason: 'wrong data' },
      { ids: [7, 8, 9], reason: '' },
      { jobGroup: 'tiles', states: ['Failed'], reason: '' },
    ]);
  });

  it('do nothing without a selection', async () => {
    expect((await run(['delete'], { environment: {} })).status).toBe(2);
  });
});

it('lists queues with their needs', async () => {
  const queue = { id: 3, vo: 'biomed', group: 'users', owner: 'alice', waiting: 5, oldestAt: null };
  const requirements = { processors: { min: 4, max: 4 }, sites: ['A'] };
  const handlers: Handlers = { listQueues: () => ({ queues: [{ ...queue, requirements }] }) };
  expect((await wms(handlers, ['queues'])).stdout).toBe('3\tbiomed\tusers\talice\t5\t\t4 cores, site A\n');
});
