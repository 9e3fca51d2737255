import { openSync } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@pilotfish/api-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeStreams, type OpenStreams } from './job-folder.ts';
import { LogShipping } from './log-shipping.ts';
import { eventually } from './pilot.fixture.ts';
import { WorkerDoor } from './worker-door.fixture.ts';

describe('the streams of a payload', () => {
  let door: WorkerDoor;
  let folder: string;
  let streams: OpenStreams;
  const ref = { jobId: 1, n: 1 };
  const print = (text: string) => appendFile(join(folder, 'out'), text);

  beforeEach(async () => {
    door = await WorkerDoor.open();
    folder = await mkdtemp(join(tmpdir(), 'logs-'));
    streams = { stdout: openSync(join(folder, 'out'), 'w+'), stderr: openSync(join(folder, 'err'), 'w+') };
  });
  afterEach(async () => {
    closeStreams(streams);
    await door.close();
    await rm(folder, { recursive: true });
  });

  it('arrive while it prints, and its last words are kept for the beat', async () => {
    let tail = '';
    const logs = new LogShipping(new Client({ url: door.url }));
    const followed = logs.follow(ref, streams, (text) => {
      tail = text;
    });
    await print('one\n');
    await eventually('the first line', () => door.text(1, 'stdout') === 'one\n');
    await print('two\n');
    await followed.finish();
    expect(door.text(1, 'stdout')).toBe('one\ntwo\n');
    expect(tail).toBe('two\n');
    expect(door.logs.has('1.1/stderr')).toBe(false);
  });

  it('arrive whole though answers are lost', async () => {
    const logs = new LogShipping(new Client({ url: door.url }));
    const followed = logs.follow(ref, streams, () => undefined);
    const text = Array.from({ length: 100_000 }, (_, line) => `line ${line}\n`).join('');
    door.lose('log', 2);
    await print(text);
    await followed.finish();
    expect(door.text(1, 'stdout') === text).toBe(true);
  });

  it('end with a notice at their cap', async () => {
    const logs = new LogShipping(new Client({ url: door.url }), 1024 * 1024);
    const followed = logs.follow(ref, streams, () => undefined);
    await print('x'.repeat(1024 * 1024 + 1));
    await followed.finish();
    expect(door.text(1, 'stdout')).toMatch(/^x{1048576}\n\[pilotfish: no more than 1 MiB of a stream is kept\]\n$/);
  });
});
