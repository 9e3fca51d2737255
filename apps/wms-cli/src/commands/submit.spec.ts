import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobDescription } from '@pilotfish/api-contract';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type FakeService, type Handlers, Refusal, startFakeService } from '../fake-service.fixture.ts';
import { aJobDetail } from '../rows.fixture.ts';
import { emptyFolder, run } from '../run.fixture.ts';

let service: FakeService | undefined;

afterEach(() => service?.close());

async function submit(handlers: Handlers, argv: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const cwd = await emptyFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  service = await startFakeService(handlers);
  return run(['submit', ...argv], { url: service.url, cwd });
}

describe('submit', () => {
  it('uploads the sandbox under its digest, submits and prints the id', async () => {
    const sent: { digest?: string; bytes?: number; job?: JobDescription } = {};
    const result = await submit(
      {
        putSandbox: ({ params, bytes }) => {
          sent.digest = params.digest!;
          sent.bytes = bytes.length;
          return { digest: params.digest!, size: bytes.length };
        },
        submitJob: ({ body }) => {
          sent.job = body;
          return { ids: [7], warnings: ['site A is closed today'] };
        },
      },
      ['--vo', 'biomed', '-c', '2-4', '-i', 'data.csv', '--env', 'A=1', '--', './run.sh', '--json', '-q'],
      { 'data.csv': '1,2', 'run.sh': '#!/bin/sh\n' },
    );
    expect(result).toEqual({ status: 0, stdout: '7\n', stderr: 'warning: site A is closed today\n' });
    expect(service?.calls).toEqual(['putSandbox', 'submitJob']);
    expect(sent.bytes).toBeGreaterThan(0);
    expect(sent.job).toMatchObject({
      name: 'run.sh',
      vo: 'biomed',
      executable: './run.sh',
      arguments: ['--json', '-q'],
      environment: { A: '1' },
      inputSandbox: sent.digest,
      resources: { processors: { min: 2, max: 4 } },
    });
  });

  it('sends the same key again when an answer is lost, and another one for another job', async () => {
    const keys: (string | undefined)[] = [];
    const handlers: Handlers = {
      submitJob: ({ idempotencyKey }) => {
        keys.push(idempotencyKey);
        if (keys.length <= 2) throw new Refusal('drop');
        return { ids: [1], warnings: [] };
      },
    };
    expect((await submit(handlers, ['--', 'echo'])).stdout).toBe('1\n');
    await run(['submit', '--', 'echo'], { url: service!.url });
    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('gives up in the end and says that there was no answer', async () => {
    const drop = () => {
      throw new Refusal('drop');
    };
    const result = await submit({ submitJob: drop }, ['--', 'echo']);
    expect(result.status).toBe(4);
    expect(result.stderr).toContain('no answer from http://127.0.0.1');
  });

  it('shows a refusal with each flaw and sends it only once', async () => {
    const refuse = () => {
      const errors = [{ pointer: '/resources/processors', detail: 'no profile has 512 cores' }];
      throw new Refusal({ status: 422, code: 'can-never-run', detail: 'this job can never run', errors });
    };
    const result = await submit({ submitJob: refuse }, ['-c', '512', '--', 'echo']);
    expect(result).toEqual({
      status: 1,
      stdout: '',
      stderr: 'error: this job can never run\n  /resources/processors: no profile has 512 cores\n',
    });
    expect(service?.calls).toEqual(['submitJob']);
  });

  it('sends several descriptions at once and reports each that is refused', async () => {
    const handlers: Handlers = {
      submitJobs: ({ body }) => {
        expect(body.jobs).toHaveLength(2);
        const errors = [{ pointer: '/vo', detail: 'is unknown' }];
        return {
          items: [
            { ok: true, ids: [1, 2], warnings: [] },
            { ok: false, code: 'unknown-vo', detail: 'no such VO', errors },
          ],
        };
      },
    };
    const jobs = { 'jobs.yaml': '- {executable: a}\n- {executable: b}\n' };
    const result = await submit(handlers, ['jobs.yaml'], jobs);
    expect(result.status).toBe(1);
    expect(result.stdout).toBe('1\n2\n');
    expect(result.stderr).toBe('error: description 2: no such VO\n  /vo: is unknown\n');
  });

  it('with --wait ends as the job does', async () => {
    const handlers: Handlers = {
      submitJob: () => ({ ids: [7], warnings: [] }),
      showJob: () => aJobDetail({ state: 'Failed', exitCode: 3 }),
    };
    expect(await submit(handlers, ['--wait', '--', 'false'])).toMatchObject({ status: 3, stdout: '7\n7\tFailed\t3\n' });
    const result = await run(['submit', '-w', '--json', '--', 'false'], { url: service!.url });
    expect(JSON.parse(result.stdout)).toMatchObject({ ids: [7], jobs: [{ id: 7, state: 'Failed' }] });
  });

  it('with --dry-run prints the complete description and calls nobody', async () => {
    const result = await submit({}, ['--dry-run', 'job.jdl'], {
      'job.jdl': 'Executable = "echo";\nArguments = "a b";\n',
    });
    expect(result.status).toBe(0);
    expect(parse(result.stdout)).toMatchObject({ kind: 'Job', arguments: ['a', 'b'], resources: { cpuTimeS: 86_400 } });
    expect(service?.calls).toEqual([]);
    const json = await run(['submit', '--dry-run', '--json', '--', 'echo'], { environment: {} });
    expect(JSON.parse(json.stdout)).toMatchObject({ executable: 'echo' });
  });

  it('finds flaws of a file before it calls, with their lines', async () => {
    const result = await submit({}, ['job.yaml'], { 'job.yaml': 'executable: echo\npriority: 99\nnmae: x\n' });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('  line 2, /priority: must be at most 10');
    expect(result.stderr).toContain('did you mean name?');
    expect(service?.calls).toEqual([]);
  });

  it.each([[[]], [['--memory', 'lots', '--', 'x']], [['--nonsense']], [['missing.jdl']], [['-e', 'A', '--', 'x']]])(
    'is misused as submit %j',
    async (argv) => {
      expect((await submit({}, argv)).status).toBe(2);
    },
  );
});
