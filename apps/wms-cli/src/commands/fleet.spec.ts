import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { profileView } from '@pilotfish/api-contract';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeService, type Handlers, startFakeService } from '../fake-service.fixture.ts';
import { aVm, aVmDetail } from '../rows.fixture.ts';
import { emptyFolder, type RunOptions, run } from '../run.fixture.ts';

let service: FakeService | undefined;

afterEach(() => service?.close());

async function wms(handlers: Handlers, argv: readonly string[], options: RunOptions = {}) {
  service = await startFakeService(handlers);
  return run(argv, { url: service.url, ...options });
}

const alice = { name: 'alice', vo: 'biomed', group: 'users', role: 'vo-admin' } as const;
const other = '0a1b2c3d-0000-4000-8000-000000000002';

describe('vm', () => {
  it('lists what an operator wants to see', async () => {
    const result = await wms({ listVms: () => ({ vms: [aVm()] }) }, ['vm', 'list'], { terminal: true });
    expect(result.stdout).toMatch(/0a1b2c3d +biomed +small +local .*running/);
    expect(result.stdout).toMatch(/1\.50 +4 s +2 min/);
  });

  it('shows load, jobs, age of the last beat, why it was started, and its console', async () => {
    const handlers: Handlers = { showVm: () => aVmDetail() };
    const { stdout } = await wms(handlers, ['vm', 'show', aVm().id], { terminal: true });
    expect(stdout).toMatch(/started because +3 jobs of biomed wait/);
    expect(stdout).toMatch(/last beat +4 s/);
    expect(stdout).toMatch(/cores busy +2 of 4/);
    for (const part of ['TIMELINE', 'ATTEMPTS', 'HEARTBEATS', 'CONSOLE', 'pilot started'])
      expect(stdout).toContain(part);
  });

  it('is found by the beginning of its id, if only one begins so', async () => {
    const handlers: Handlers = {
      listVms: ({ query }) => ({ vms: query.all ? [aVm(), aVm({ id: other })] : [aVm()] }),
      drainVm: ({ params, body }) => aVm({ id: params.id!, state: 'draining', because: body.reason }),
    };
    const argv = ['vm', 'drain', '0a1b', '--reason', 'kernel update'];
    expect((await wms(handlers, argv)).stdout).toBe(`${aVm().id}\n`);
    const { url } = service!;
    expect((await run(['vm', 'drain', other.slice(0, 36)], { url })).stdout).toBe(`${other}\n`);
    expect(await run(['vm', 'stop', 'ffff'], { url })).toMatchObject({ status: 2, stdout: '' });
  });

  it('is not guessed', async () => {
    const handlers: Handlers = { listVms: () => ({ vms: [aVm(), aVm({ id: other })] }) };
    const result = await wms(handlers, ['vm', 'stop', '0a1b']);
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('2 VM ids');
    expect(service?.calls).toEqual(['listVms']);
  });
});

describe('profile', () => {
  const profile = profileView.parse({
    vo: 'biomed',
    name: 'small',
    version: 3,
    endpoints: ['local'],
    capacity: { processors: 4, memoryMb: 4096 },
  });

  it('that was shown can be changed and put again, under the VO of the caller', async () => {
    const cwd = await emptyFolder();
    const put: unknown[] = [];
    const handlers: Handlers = {
      whoAmI: () => alice,
      listProfiles: () => ({ profiles: [profile] }),
      putProfile: ({ params, body }) => {
        put.push(params, body.maxVms);
        return { ...profile, ...body, version: 4 };
      },
    };
    const shown = await wms(handlers, ['profile', 'show', 'small']);
    await writeFile(join(cwd, 'small.yaml'), shown.stdout.replace('maxVms: 10', 'maxVms: 20'));
    const options = { url: service!.url, cwd, terminal: true };
    const result = await run(['profile', 'put', '-f', 'small.yaml'], options);
    expect(result.stdout).toBe('biomed/small is at version 4\n');
    await writeFile(join(cwd, 'new.yaml'), 'endpoints: [local]\ncapacity: {processors: 1, memoryMb: 512}\n');
    expect((await run(['profile', 'put', 'tiny', '-f', 'new.yaml'], options)).status).toBe(0);
    expect(put).toEqual([{ vo: 'biomed', name: 'small' }, 20, { vo: 'biomed', name: 'tiny' }, 10]);
  });

  it('with flaws is not sent, and each flaw is named', async () => {
    const handlers: Handlers = { whoAmI: () => alice };
    const result = await wms(handlers, ['profile', 'put', 'x', '-f', '-'], { stdin: 'endpoints: []\nmaxVm: 3\n' });
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/\/endpoints: .+\n {2}\/capacity: /);
    expect(result.stderr).toContain('maxVm');
    expect(service?.calls).toEqual([]);
  });

  it('needs a VO from an operator', async () => {
    const handlers: Handlers = { whoAmI: () => ({ ...alice, vo: null, role: 'operator' }) };
    expect((await wms(handlers, ['profile', 'delete', 'small'])).stderr).toContain('--vo');
  });
});

it('puts an endpoint from a file', async () => {
  const handlers: Handlers = {
    putEndpoint: ({ params, body }) => ({
      ...body,
      name: params.name!,
      observedAt: null,
      reachable: false,
      problem: null,
      vms: 0,
    }),
  };
  const stdin = 'name: local\nkind: local\nsite: HERE\nsettings: {slowBootS: 2}\n';
  const result = await wms(handlers, ['endpoint', 'put', '-f', '-', '--json'], { stdin });
  expect(JSON.parse(result.stdout)).toMatchObject({ name: 'local', settings: { slowBootS: 2 }, maxVms: 10 });
});

it('shows pilots, the plan and the log of the director', async () => {
  const action = {
    id: 1,
    kind: 'launch',
    vo: 'biomed',
    endpoint: 'local',
    profile: 'small',
    vmId: null,
    because: '3 jobs wait',
    state: 'done',
    orderedAt: '2030-01-01T11:58:00Z',
    endedAt: null,
    problem: null,
  };
  const free = { processors: 2, memoryMb: 100, diskMb: 0, gpus: 0 };
  const beat = { startedAt: '2030-01-01T11:58:00Z', lastBeatAt: '2030-01-01T11:59:58Z' };
  const handlers: Handlers = {
    planDryRun: () => ({ at: '2030-01-01T12:00:00Z', actions: [action] }),
    directorLog: ({ query }) => ({ actions: query.limit === 1 ? [action] : [] }),
    listPilots: () => ({
      pilots: [{ id: other, vmId: aVm().id, vo: 'biomed', version: '1', current: true, free, ...beat }],
    }),
  };
  expect((await wms(handlers, ['director', 'plan', '--dry-run'])).stdout).toBe(
    'launch\tbiomed\tsmall\tlocal\t\t3 jobs wait\n',
  );
  const options = { url: service!.url, terminal: true };
  expect((await run(['director', 'log', '-n', '1'], options)).stdout).toMatch(/2 min +launch/);
  expect((await run(['pilot', 'list'], options)).stdout).toMatch(/0a1b2c3d +0a1b2c3d +biomed +yes/);
});

describe('people', () => {
  it('are added with a token that is shown once, alone with -q', async () => {
    const handlers: Handlers = {
      putVo: ({ params, body }) => ({ name: params.name!, ...body }),
      listVos: () => ({ vos: [{ name: 'biomed', description: '', weight: 2 }] }),
      addUser: ({ body }) => ({ user: body, token: 'wms_new', expiresAt: '2027-01-01T00:00:00.000Z' }),
      listUsers: () => ({ users: [alice] }),
    };
    expect((await wms(handlers, ['vo', 'add', 'biomed', '--weight', '2'], { terminal: true })).stdout).toContain(
      'weight 2',
    );
    const { url } = service!;
    expect((await run(['vo', 'list'], { url })).stdout).toBe('biomed\t2\t\n');
    expect((await run(['user', 'add', 'bob', '--vo', 'biomed', '-q'], { url })).stdout).toBe('wms_new\n');
    expect((await run(['user', 'add', 'bob', '--role', 'vo-admin'], { url, terminal: true })).stdout).toBe(
      'added vo-admin bob\ntoken, shown only now: wms_new\n',
    );
    expect((await run(['user', 'add', 'bob', '--role', 'king'], { url })).status).toBe(2);
    expect((await run(['user', 'list', '-q'], { url })).stdout).toBe('alice\n');
  });

  it('manage their own tokens unless another user is named', async () => {
    const names: (string | undefined)[] = [];
    const handlers: Handlers = {
      whoAmI: () => alice,
      issueToken: ({ params, body }) => {
        names.push(params.name);
        return { id: body.days, token: 'wms_more' };
      },
      listTokens: ({ params }) => {
        names.push(params.name);
        return { tokens: [] };
      },
      revokeToken: ({ params }) => {
        names.push(`${params.name} ${params.id}`);
      },
    };
    const issued = await wms(handlers, ['token', 'issue', '--days', '5', '--json']);
    expect(JSON.parse(issued.stdout)).toEqual({ id: 5, token: 'wms_more' });
    const { url } = service!;
    expect((await run(['token', 'list', '--user', 'bob'], { url, terminal: true })).stderr).toBe('no tokens\n');
    expect((await run(['token', 'revoke', '12'], { url })).stdout).toBe('12\n');
    expect(names).toEqual(['alice', 'bob', 'alice 12']);
  });
});
