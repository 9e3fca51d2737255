// `wms demo` and `wms up` as a new user runs them.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { routes } from '@pilotfish/api-contract';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { allEnded, brokenAtRest, CLI, submit, withService } from './service.fixture.ts';
import { writeSpecs } from './specs.fixture.ts';

const run = promisify(execFile);

async function wms(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  try {
    const { stdout, stderr } = await run(process.execPath, [CLI, ...args], { env: { ...process.env, ...environment } });
    return { status: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

describe.concurrent('the commands', () => {
  test('wms demo --json ends with one line whose figures are right, and leaves nothing but the picture', async () => {
    const { status, stdout, stderr } = await wms(['demo', '--jobs', '14', '--json']);
    expect(status, stderr).toBe(0);
    const summary = JSON.parse(stdout) as Record<string, never>;
    expect(summary).toMatchObject({
      jobs: { submitted: 27, done: 26, failed: 1, refused: 1 },
      vms: { left: 0 },
      invariants: [],
    });
    const picture = PNG.sync.read(readFileSync(summary.picture!));
    // 4 columns of tiles 192 pixels wide; the middle of the set is dark, its far outside is not.
    expect([picture.width, picture.height]).toEqual([768, 768]);
    const pixel = (x: number, y: number) => [...picture.data.subarray((y * 768 + x) * 4, (y * 768 + x) * 4 + 3)];
    expect(pixel(500, 384)).toEqual([8, 12, 28]);
    expect(pixel(10, 10)).not.toEqual([8, 12, 28]);
    expect(existsSync(join(summary.picture!, '../data'))).toBe(false);
  });

  test('wms up refuses to listen beyond loopback without TLS, in one line', async () => {
    const { status, stderr } = await wms([
      'up',
      '--host',
      '0.0.0.0',
      '--data',
      join(import.meta.dirname, 'never-made'),
    ]);
    expect([status, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain('--tls');
    expect(existsSync(join(import.meta.dirname, 'never-made'))).toBe(false);
  });

  test('a second wms up on the same data is refused and says which process has it', () =>
    withService(async (service) => {
      const { status, stderr } = await wms(['up', '--data', service.folder]);
      expect(status).toBe(1);
      expect(stderr).toContain(String(service.supervisor));
    }));

  test('with --tls the VM trusts the service by its pinned authority, and the work completes', () =>
    withService(
      async (service) => {
        expect(service.url).toMatch(/^https:/);
        const ca = join(service.folder, 'tls', 'ca.pem');
        const token = readFileSync(join(service.folder, 'operator-token'), 'utf8').trim();
        const login = { WMS_URL: service.url, WMS_TOKEN: token, NODE_EXTRA_CA_CERTS: ca };
        const stranger = await wms(['whoami'], { ...login, NODE_EXTRA_CA_CERTS: '' });
        expect(stranger.status).toBe(4);
        expect((await wms(['whoami'], login)).status).toBe(0);
        const { endpoint, profile } = writeSpecs(service.folder, 'astro');
        for (const args of [
          ['vo', 'add', 'astro'],
          ['endpoint', 'put', '-f', endpoint],
          ['profile', 'put', '-f', profile],
        ]) {
          expect(await wms(args, login)).toMatchObject({ status: 0 });
        }
        const { status, stderr } = await wms(['submit', '--vo', 'astro', '--wait', '--', '/bin/echo', 'hi'], login);
        expect(status, stderr).toBe(0);
        expect((await wms(['logs', '1'], login)).stdout).toBe('hi\n');
      },
      ['--tls'],
    ));

  test('the exit status of wms wait and submit --wait follows the job', () =>
    withService(async (service) => {
      const user = await service.addVo('astro', {});
      const login = { WMS_URL: service.url, WMS_TOKEN: user.token };
      expect((await wms(['submit', '--wait', '--', '/bin/sh', '-c', 'exit 0'], login)).status).toBe(0);
      expect((await wms(['submit', '--wait', '--', '/bin/sh', '-c', 'exit 42'], login)).status).toBe(42);
      const [id] = await submit(user, { executable: '/bin/sh', arguments: ['-c', 'printf "%s\\n" one two'] });
      await allEnded(user.client, 30_000);
      expect((await wms(['wait', String(id)], login)).status).toBe(0);
      expect((await wms(['logs', String(id)], login)).stdout).toBe('one\ntwo\n');
      const why = JSON.parse((await wms(['why', String(id), '--json'], login)).stdout) as { summary: string };
      expect(why.summary).toMatch(/^it finished well in attempt 1 on VM \w+ at local: Execution Complete$/);
      expect(await service.operator().call(routes.whoAmI, {})).toMatchObject({ role: 'operator' });
      expect(await brokenAtRest(service)).toEqual([]);
    }));
});
