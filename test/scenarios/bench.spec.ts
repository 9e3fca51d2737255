// `wms bench` on a small scale: the figures have their shape, and what must be nothing is nothing. No absolute rates.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CLI } from './service.fixture.ts';

const run = promisify(execFile);
const some = expect.any(Number);
const nothing = { duplicates: 0, lost: 0, broken_invariants: [] };

async function bench(...args: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [CLI, 'bench', ...args, '--json']);
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('wms bench match claims nothing twice, loses nothing, and says what it was measured on', async () => {
  const report = await bench('match', '--waiting', '2000', '--queues', '20', '--seconds', '1');
  expect(report).toMatchObject({
    bench: 'match',
    waiting: 2000,
    queues: 20,
    sites: some,
    tags: some,
    matches_per_s: some,
    empty_per_s: some,
    p50_ms: some,
    p99_ms: some,
    ...nothing,
    baseline_claims_per_s: some,
    matches_to_baseline: some,
    settings: { clients: 16, seconds: 1, synchronous_commit: 'on' },
    machine: { cpus: some, node: process.version, postgresql: expect.any(String), fsync: 'on' },
  });
  expect(report.delivered).toBeGreaterThan(0);
});

test('wms bench fill gives a node a job for each core', async () => {
  const report = await bench('fill', '--waiting', '2000', '--queues', '20', '--cores', '8', '--nodes', '3');
  expect(report).toMatchObject({ busy_cores: 8, seconds_to_full: some, ...nothing });
});

test('wms bench latency hands every submitted job to a pilot that waits, over all that waits elsewhere', async () => {
  const report = await bench('latency', '--waiting', '500', '--queues', '20', '--samples', '5', '--pilots', '2');
  expect(report).toMatchObject({ samples: 5, never_claimed: 0, p50_ms: some, delivered: 15, ...nothing });
});

test('wms bench submit keeps every job that it was told is taken', async () => {
  const report = await bench('submit', '--seconds', '1', '--clients', '4', '--jobs', '2000');
  expect(report).toMatchObject({ single_per_s: some, bulk_per_s: some, baseline_single_per_s: some, lost: 0 });
  expect(report.taken).toBeGreaterThan(2000);
});

test('wms bench snapshot compares the rates with and without an open transaction', async () => {
  const report = await bench('snapshot', '--waiting', '4000', '--queues', '20', '--seconds', '1', '--hold', '2');
  expect(report).toMatchObject({ with_snapshot_per_s: some, without_snapshot_per_s: some, ...nothing });
});
