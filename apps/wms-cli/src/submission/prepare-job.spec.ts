import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { emptyFolder } from '../run.fixture.ts';
import { prepareJob } from './prepare-job.ts';
import { readJobs } from './read-jobs.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await emptyFolder();
});

function context(stdin?: string) {
  const output = { write: () => undefined };
  const io = {
    stdout: output,
    stderr: output,
    stdinIsTTY: stdin === undefined,
    readStdin: async () => stdin ?? '',
    askSecret: async () => '',
  };
  return { cwd, io };
}

async function prepared(files: readonly string[], command?: readonly string[], stdin?: string) {
  const jobs = await readJobs(files, command, context(stdin));
  return Promise.all(jobs.map((job) => prepareJob(job, {})));
}

describe('a command after --', () => {
  it('leaves a program of the worker node where it is', async () => {
    const [job] = await prepared([], ['/bin/echo', 'hi']);
    expect(job).toMatchObject({ description: { name: 'echo', executable: '/bin/echo', arguments: ['hi'] } });
    expect(job?.sandbox).toBeUndefined();
  });

  it('packs a program that is a local file and calls it by its place in the sandbox', async () => {
    await mkdir(join(cwd, 'bin'));
    await writeFile(join(cwd, 'bin', 'run.sh'), '#!/bin/sh\n');
    const [job] = await prepared([], ['bin/run.sh']);
    expect(job?.description.executable).toBe('./run.sh');
    expect(job?.description.inputSandbox).toBe(job?.sandbox?.digest);
  });

  it('does not take a folder for a program', async () => {
    await mkdir(join(cwd, 'python3'));
    const [job] = await prepared([], ['python3', 'x.py']);
    expect(job?.description.executable).toBe('python3');
    expect(job?.sandbox).toBeUndefined();
  });
});

describe('a description file', () => {
  it('finds its local files beside itself when they are not in the current folder', async () => {
    await mkdir(join(cwd, 'jobs'));
    await writeFile(join(cwd, 'jobs', 'render.sh'), '#!/bin/sh\n');
    await writeFile(join(cwd, 'jobs', 'render.jdl'), 'Executable = "render.sh";\nInputSandbox = {"render.sh"};\n');
    const [job] = await prepared(['jobs/render.jdl']);
    expect(job?.canonical.executable).toBe('./render.sh');
    expect(job?.sandbox).toBeDefined();
  });

  it('may hold several jobs, which share what is equal', async () => {
    await writeFile(join(cwd, 'a.txt'), 'a');
    await writeFile(
      join(cwd, 'jobs.yaml'),
      '- {executable: cat, inputFiles: [a.txt]}\n- {executable: wc, inputFiles: [a.txt]}\n',
    );
    const jobs = await prepared(['jobs.yaml']);
    expect(jobs.map(({ canonical }) => canonical.executable)).toEqual(['cat', 'wc']);
    expect(jobs[0]?.sandbox?.digest).toBe(jobs[1]?.sandbox?.digest);
  });

  it('must not name local files beside an uploaded sandbox', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    await writeFile(join(cwd, 'a.txt'), 'a');
    await writeFile(join(cwd, 'job.yaml'), `{executable: cat, inputSandbox: "${digest}", inputFiles: [a.txt]}\n`);
    await expect(prepared(['job.yaml'])).rejects.toThrow(/uploaded sandbox and local files/);
  });
});

describe('a script', () => {
  it('becomes the executable, with what its #JDL lines say', async () => {
    const [job] = await prepared([], undefined, '#!/bin/sh\n#JDL NumberOfProcessors = 2\necho hi\n');
    expect(job?.canonical).toMatchObject({ executable: './script.sh', resources: { processors: 2 } });
    expect(job?.sandbox).toBeDefined();
  });

  it('without an interpreter is told to name one', async () => {
    await expect(prepared([], undefined, '#JDL JobName = "x"\necho hi\n')).rejects.toThrow(/interpreter/);
  });
});

describe('what to submit', () => {
  it('must be said', async () => {
    await expect(prepared([])).rejects.toThrow(/nothing to submit/);
    await expect(prepared(['a.jdl'], ['echo'])).rejects.toThrow(/not both/);
    await expect(prepared([], [])).rejects.toThrow(/after --/);
    await expect(prepared(['echo'])).rejects.toThrow(/put -- before it/);
  });
});
