import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { renderUserData } from '@pilotfish/fleet';
import { Secret, type VmId } from '@pilotfish/model';
import { buildSync } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aLocalCloud, anEndpoint, anOrder, type LocalCloud } from './open.fixture.ts';
import { surveyProcesses } from './process-survey.ts';

describe('a local machine and its director', () => {
  let place: LocalCloud;
  beforeEach(async () => {
    place = await aLocalCloud();
  });
  afterEach(() => place.close());

  const statusOf = async (vmId: VmId) => (await place.cloud.list()).find((one) => one.vmId === vmId)?.status;

  it('outlives a director that is killed, is found again, and can be removed by the next one', async () => {
    const order = anOrder(['echo up', 'exec sleep 600']);
    const director = await startDirector(order);
    await expect.poll(() => statusOf(order.vmId), { timeout: 10_000 }).toBe('active');
    director.kill('SIGKILL');
    await once(director, 'exit');
    expect(await statusOf(order.vmId)).toBe('active');
    const before = surveyProcesses().of(order.vmId, undefined);
    await place.cloud.launch(order);
    expect(surveyProcesses().of(order.vmId, undefined)).toEqual(before);
    await place.cloud.terminate(order.vmId);
    expect(await place.cloud.list()).toEqual([]);
    expect(surveyProcesses().of(order.vmId, undefined)).toEqual([]);
  });

  it('leaves the director free to end', async () => {
    const order = anOrder(['exec sleep 600']);
    const director = await startDirector(order, 'end');
    expect((await once(director, 'exit'))[0]).toBe(0);
    expect(await statusOf(order.vmId)).toBe('active');
  });

  it('starts from the very text a cloud would get, and is stopped when its agent asks to halt', async () => {
    const agent = `console.log('agent of', process.env.PILOTFISH_VM)`;
    const sha256 = createHash('sha256').update(agent).digest('hex');
    const server = createServer((_request, response) => response.end(agent)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { vmId, vo, profile } = anOrder([]);
    const userData = renderUserData({
      serviceUrl: `http://127.0.0.1:${port}`,
      vmId,
      activationKey: new Secret('once'),
      ca: null,
      files: { agent: { name: 'agent.cjs', sha256 }, pilot: { name: 'pilot.cjs', sha256 } },
      profile,
    });
    await place.cloud.launch({ vmId, vo, profile, userData });
    await expect.poll(() => statusOf(vmId), { timeout: 15_000 }).toBe('stopped');
    server.close();
    expect(await place.cloud.consoleLog(vmId)).toMatch(new RegExp(`^agent of ${vmId}$`, 'm'));
  });

  /** A process of its own that launches the order and then stays, or ends if it can. */
  async function startDirector(order: object, then: 'stay' | 'end' = 'stay') {
    const host = `{ dataDir: ${JSON.stringify(place.dataDir)}, log: { info() {}, warn() {} } }`;
    const contents = `import { openCloud } from '../registry.ts';
      await openCloud(${JSON.stringify(anEndpoint())}, ${host}).launch(${JSON.stringify(order)});
      ${then === 'stay' ? 'setInterval(() => {}, 1000);' : ''}`;
    const outfile = join(place.dataDir, 'director.mjs');
    const built = buildSync({
      stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      write: false,
      banner: { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` },
    });
    await writeFile(outfile, built.outputFiles[0]?.contents ?? '');
    return spawn(process.execPath, [outfile], { stdio: 'inherit' });
  }
});
