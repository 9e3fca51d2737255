import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WORKER_VERSION } from '@pilotfish/worker-kit';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('the agent becomes one file for Node 18 that starts without node_modules', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agent-bundle-'));
  const outfile = join(folder, 'agent.cjs');
  const entry = join(import.meta.dirname, 'main.ts');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'cjs', target: 'node18' });
  const { stdout } = await promisify(execFile)(process.execPath, [outfile, '--version'], { cwd: folder });
  expect(stdout.trim()).toBe(WORKER_VERSION);
  await rm(folder, { recursive: true });
});
