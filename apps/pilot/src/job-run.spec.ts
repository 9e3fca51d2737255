import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readProcesses } from '@pilotfish/worker-kit';
import { Header } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tarOf, untar } from './archive.fixture.ts';
import { eventually, type RunningPilot, startPilot } from './pilot.fixture.ts';
import { anAssignment, digestOf } from './worker-door.fixture.ts';

describe('a job', () => {
  let running: RunningPilot;

  beforeEach(async () => {
    running = await startPilot();
  });
  afterEach(() => running.end());

  const outcomeOf = (jobId: number) =>
    eventually(`outcome of job ${jobId}`, () => running.door.outcomes.get(`${jobId}.1`));
  const payload = (changes: object) => ({ payload: { ...anAssignment(1).payload, ...changes } });

  async function sandbox(files: Parameters<typeof tarOf>[0]): Promise<string> {
    const bytes = await tarOf(files);
    running.door.sandboxes.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  }

  it('that exits with 0 is done, and its printing has arrived before its outcome', async () => {
    running.door.hand(anAssignment(1, { run: ['/bin/sh', '-c', 'echo out; echo err >&2'] }));
    expect(await outcomeOf(1)).toMatchObject({ result: 'done', minor: 'Execution Complete', exitCode: 0, reason: '' });
    expect(running.door.text(1, 'stdout')).toBe('out\n');
    expect(running.door.text(1, 'stderr')).toBe('err\n');
    const { order } = running.door;
    expect(order.indexOf('phase 1.1')).toBeLessThan(order.indexOf('outcome 1.1'));
    await eventually('the folder is removed', () => !existsSync(join(running.root, 'work/1.1')));
  });

  it('that exits otherwise has failed with its code', async () => {
    running.door.hand(anAssignment(1, { run: ['/bin/sh', '-c', 'exit 7'] }));
    expect(await outcomeOf(1)).toMatchObject({
      result: 'failed',
      minor: 'Application Finished With Errors',
      exitCode: 7,
    });
  });

  it('sees its own identity and granted processors, and nothing of the pilot’s token', async () => {
    const granted = { processors: 2, memoryMb: 10, diskMb: 0, gpus: 0 };
    running.door.hand(anAssignment(5, { run: ['/usr/bin/env'], granted }));
    await outcomeOf(5);
    const lines = running.door.text(5, 'stdout').split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'JOBID=5',
        'PILOTFISH_ATTEMPT=1',
        'OMP_NUM_THREADS=2',
        'DIRAC_PROCESSORS=2',
        'FROM_PROFILE=yes',
      ]),
    );
    expect(lines.join()).not.toContain('a-token');
  });

  it('runs a script of its input sandbox without #! and without the executable bit', async () => {
    const inputSandbox = await sandbox([
      { path: 'run.job', text: 'cat data/in.txt; echo "$0" "$1"\n' },
      { path: 'data/in.txt', text: 'hello\n' },
    ]);
    running.door.hand(anAssignment(1, payload({ executable: './run.job', arguments: ['x y'], inputSandbox })));
    expect(await outcomeOf(1)).toMatchObject({ result: 'done' });
    expect(running.door.text(1, 'stdout')).toMatch(/^hello\n.*run\.job x y\n$/);
  });

  it('whose executable is nowhere fails with 127 and says so', async () => {
    running.door.hand(anAssignment(1, { run: ['no-such-program'] }));
    expect(await outcomeOf(1)).toMatchObject({
      result: 'failed',
      exitCode: 127,
      reason: expect.stringContaining('no-such-program'),
    });
  });

  it('whose input sandbox leads out of the folder is refused, and nothing is written', async () => {
    const header = new Header({ path: '../evil', type: 'File', size: 0, mode: 0o644 });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    const bytes = Buffer.concat([block, Buffer.alloc(1024)]);
    running.door.sandboxes.set(digestOf(bytes), bytes);
    running.door.hand(anAssignment(1, payload({ inputSandbox: digestOf(bytes) })));
    expect(await outcomeOf(1)).toMatchObject({
      result: 'failed',
      minor: 'Failed Downloading InputSandbox',
      reason: expect.stringContaining('../evil'),
    });
    expect(existsSync(join(running.root, 'work/evil'))).toBe(false);
  });

  it('whose input sandbox isn’t the one submitted goes back to the queue', async () => {
    const digest = digestOf(Buffer.from('what was submitted'));
    running.door.sandboxes.set(digest, Buffer.from('something else'));
    running.door.hand(anAssignment(1, payload({ inputSandbox: digest })));
    expect(await outcomeOf(1)).toMatchObject({ result: 'infrastructure' });
  });

  it('gets back the files its patterns mean, with stdout under the name it chose', async () => {
    const script =
      'mkdir -p a/b; echo 1 > a/b/x.dat; echo 2 > y.dat; echo 3 > .hidden; ln -s /etc/passwd z.dat; echo printed';
    running.door.hand(
      anAssignment(
        1,
        payload({
          executable: '/bin/sh',
          arguments: ['-c', script],
          stdout: 'my.out',
          outputSandbox: ['*.dat', 'a', 'my.out', 'none.*'],
        }),
      ),
    );
    const outcome = await outcomeOf(1);
    expect(outcome).toMatchObject({ result: 'done', reason: expect.stringContaining('none.*') });
    const files = await untar(running.door.outputs.get(outcome.outputSandbox!)!);
    expect(files).toEqual({ 'a/b/x.dat': '1\n', 'my.out': 'printed\n', 'y.dat': '2\n' });
  });

  it('with more output than a sandbox holds fails with the reason', async () => {
    const script = 'head -c 12000000 /dev/urandom > big';
    running.door.hand(
      anAssignment(1, payload({ executable: '/bin/sh', arguments: ['-c', script], outputSandbox: ['big'] })),
    );
    expect(await outcomeOf(1)).toMatchObject({
      result: 'failed',
      minor: 'Failed Uploading Output Sandbox',
      reason: expect.stringContaining('10 MiB'),
    });
  });

  it('that exceeds its wall time is stopped', async () => {
    running.door.hand(anAssignment(1, { run: ['/bin/sleep', '60'], wallTimeS: 1 }));
    expect(await outcomeOf(1)).toMatchObject({ result: 'failed', minor: 'Job has exceeded maximum wall clock time' });
  });

  it('that is killed ends with everything it started, and says why', async () => {
    const script = 'trap "" TERM; set -m; (sleep 61; sleep 62) & echo $$; echo started; wait; sleep 63';
    running.door.hand(anAssignment(1, { run: ['/bin/sh', '-c', script] }));
    await eventually('it prints', () => running.door.text(1, 'stdout').includes('started'));
    const session = Number.parseInt(running.door.text(1, 'stdout'), 10);
    running.pilot.obey({ version: 2, vm: 'go-on', stop: [{ jobId: 1, n: 1, reason: 'the owner asked' }] });
    expect(await outcomeOf(1)).toMatchObject({
      result: 'killed',
      minor: 'Received Kill signal',
      reason: 'the owner asked',
    });
    expect((await readProcesses()).filter((row) => row.session === session && row.state !== 'Z')).toEqual([]);
  });

  it('leaves no background process behind', async () => {
    running.door.hand(anAssignment(1, { run: ['/bin/sh', '-c', 'sleep 64 & echo $$'] }));
    expect(await outcomeOf(1)).toMatchObject({ result: 'done' });
    const group = Number.parseInt(running.door.text(1, 'stdout'), 10);
    await eventually('the group is gone', () => !groupLives(group));
  });

  it('is measured while it runs', async () => {
    running.door.hand(
      anAssignment(1, { run: ['/bin/sh', '-c', 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; sleep 1.2'] }),
    );
    const { cpuS, maxRssMb, wallS } = await outcomeOf(1);
    expect(cpuS).toBeGreaterThan(0);
    expect(maxRssMb).toBeGreaterThan(0);
    expect(wallS).toBeGreaterThan(1);
  });

  it('is marked for whoever has to end it after a crash', async () => {
    running.door.hand(anAssignment(1, { run: ['/bin/sleep', '1'] }));
    const file = join(running.root, 'work/1.1/meta.json');
    await eventually('the mark', () => existsSync(file));
    const mark = await eventually('the mark is whole', () =>
      readFile(file, 'utf8')
        .then(JSON.parse)
        .catch(() => undefined),
    );
    expect(await mark).toMatchObject({ jobId: 1, n: 1, session: expect.any(Number), startTicks: expect.any(Number) });
  });
});

describe('an outcome', () => {
  it('whose answer is lost is said again', async () => {
    const running = await startPilot();
    running.door.lose('outcome', 2);
    running.door.hand(anAssignment(1));
    await eventually('three tries', () => running.door.order.filter((one) => one === 'outcome 1.1').length === 3);
    await eventually('nothing is open', () => running.pilot.attempts.size === 0);
    await running.end();
  });

  it('that is refused as stale frees the room', async () => {
    const running = await startPilot({ capacity: { processors: 1, memoryMb: 500, diskMb: 0, gpus: 0 } });
    running.door.stale.add('1.1');
    running.door.hand(anAssignment(1, { run: ['/bin/sleep', '30'] }), anAssignment(2));
    await eventually('the next job is done', () => running.door.outcomes.get('2.1'));
    expect(running.door.outcomes.has('1.1')).toBe(false);
    await running.end();
  });

  it('that an earlier pilot left in the spool is delivered', async () => {
    const first = await startPilot();
    await first.pilot.stop(0, 'replaced');
    const outcome = {
      result: 'done',
      minor: 'x',
      exitCode: 0,
      reason: '',
      wallS: 1,
      cpuS: 1,
      maxRssMb: 1,
      outputSandbox: null,
    };
    await mkdir(join(first.root, 'spool'));
    await writeFile(join(first.root, 'spool/9.1.json'), JSON.stringify({ ref: { jobId: 9, n: 1 }, outcome }));
    const second = await startPilot({}, first);
    await eventually('the outcome', () => second.door.outcomes.get('9.1'));
    await eventually('the spool is empty', () => !existsSync(join(first.root, 'spool/9.1.json')));
    await second.end();
    await first.end();
  });
});

function groupLives(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
