import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { VmId } from '@pilotfish/model';
import { cloudContract } from '@pilotfish/test-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { aLocalCloud, anOrder, type LocalCloud } from './open.fixture.ts';
import { isAlive, surveyProcesses } from './process-survey.ts';

const SLEEP = 'exec sleep 600';

cloudContract('local', async () => {
  const place = await aLocalCloud();
  return {
    ...place,
    order: (vmId) => {
      const order = anOrder([`echo hello from "$PILOTFISH_VM"`, SLEEP]);
      return vmId === undefined ? order : { ...order, vmId };
    },
  };
});

describe('a local machine', () => {
  let place: LocalCloud;
  afterEach(() => place.close());

  const statusOf = async (vmId: VmId) => (await place.cloud.list()).find((one) => one.vmId === vmId)?.status;
  const statusBecomes = (vmId: VmId, status: string) =>
    expect.poll(() => statusOf(vmId), { timeout: 10_000, interval: 30 }).toBe(status);
  const textOf = (vmId: VmId, name: string) => readFile(join(place.folderOf(vmId), name), 'utf8').catch(() => '');

  it('gets its files below its own folder, with their modes, and nothing outside', async () => {
    place = await aLocalCloud();
    const files = [
      { path: '/opt/a/secret', content: 'k\n', permissions: '0600', owner: 'nobody:nogroup' },
      { path: '/opt/a/program', content: '#!/bin/sh\n', permissions: '0755' },
      { path: '/../../escaped', content: 'x' },
      { path: '/bin.gz', content: 'AAEC', encoding: 'b64' },
    ];
    const { vmId, ...order } = anOrder([SLEEP], { write_files: files });
    await place.cloud.launch({ vmId, ...order });
    const modeOf = async (name: string) => ((await stat(join(place.folderOf(vmId), name))).mode & 0o777).toString(8);
    expect(await modeOf('opt/a/secret')).toBe('600');
    expect(await modeOf('opt/a/program')).toBe('755');
    expect(await textOf(vmId, 'escaped')).toBe('x');
    expect(await readFile(join(place.folderOf(vmId), 'bin.gz'))).toEqual(Buffer.from([0, 1, 2]));
    expect(await readdir(place.dataDir)).toEqual(['vms']);
  });

  it('sees its folder, its id and our Node.js, and nothing of our environment', async () => {
    place = await aLocalCloud();
    process.env.PILOTFISH_TEST_SECRET = 'hunter2';
    const order = anOrder(['env >seen; node --version >version; pwd >here; exit 0']);
    await place.cloud.launch(order);
    delete process.env.PILOTFISH_TEST_SECRET;
    await statusBecomes(order.vmId, 'stopped');
    const seen = (await textOf(order.vmId, 'seen')).split('\n');
    expect(seen).toContain(`PILOTFISH_VM=${order.vmId}`);
    expect(seen).toContain(`PILOTFISH_ROOT=${place.folderOf(order.vmId)}`);
    expect(seen.join('\n')).not.toContain('hunter2');
    expect(await textOf(order.vmId, 'version')).toBe(`${process.version}\n`);
    expect(await textOf(order.vmId, 'here')).toBe(`${place.folderOf(order.vmId)}\n`);
  });

  it('is in error when its bootstrap fails, and its console says why', async () => {
    place = await aLocalCloud();
    const order = anOrder(['echo no program here >&2; exit 3']);
    await place.cloud.launch(order);
    await statusBecomes(order.vmId, 'error');
    expect(await place.cloud.consoleLog(order.vmId)).toBe('no program here\n');
  });

  it('is building while it boots slowly, and can be removed then', async () => {
    place = await aLocalCloud({ bootDelayS: 1 });
    const [one, two] = [anOrder([SLEEP]), anOrder([SLEEP])];
    await place.cloud.launch(one);
    await place.cloud.launch(two);
    expect(await statusOf(one.vmId)).toBe('building');
    await place.cloud.terminate(one.vmId);
    expect(surveyProcesses().of(one.vmId, undefined)).toEqual([]);
    await statusBecomes(two.vmId, 'active');
  });

  it('is refused beyond the limits of its cloud', async () => {
    place = await aLocalCloud({ maxVms: 2, maxProcessors: 4 });
    await place.cloud.launch(anOrder([SLEEP], {}, 3));
    await expect(place.cloud.launch(anOrder([SLEEP], {}, 2))).rejects.toMatchObject({ failure: 'capacity' });
    await place.cloud.launch(anOrder([SLEEP], {}, 1));
    await expect(place.cloud.launch(anOrder([SLEEP], {}, 0))).rejects.toMatchObject({ failure: 'quota' });
  });

  it('is refused with a text that is no cloud-config, without repeating it', async () => {
    place = await aLocalCloud();
    const order = { ...anOrder([]), userData: '#cloud-config\nkey: "hunter2\n' };
    const failure = await place.cloud.launch(order).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: 'refused' });
    expect(String(failure)).not.toContain('hunter2');
    expect(await place.cloud.list()).toEqual([]);
  });

  it('ends with all its processes: those that ignore TERM, left their session, or dropped the marker', async (context) => {
    if (!existsSync('/proc/self/environ')) context.skip('descendants are only known where there is /proc');
    place = await aLocalCloud();
    const order = anOrder([
      `sh -c 'trap "" TERM; while :; do sleep 0.2; done' &`,
      'setsid sleep 601 &',
      'env -i sleep 602 &',
      'env -i sh -c "sleep 603; :" &',
      'touch ready',
      'wait',
    ]);
    await place.cloud.launch(order);
    await expect.poll(() => surveyProcesses().of(order.vmId, undefined).length).toBeGreaterThanOrEqual(7);
    const pids = surveyProcesses().of(order.vmId, undefined);
    await place.cloud.terminate(order.vmId);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await readdir(join(place.dataDir, 'vms'))).toEqual([]);
  });

  it('is booted by the next launch when the director fell between its folder and its boot', async () => {
    place = await aLocalCloud();
    const order = anOrder(['echo booted >>log', SLEEP]);
    await place.cloud.launch(order);
    await expect.poll(() => textOf(order.vmId, 'log')).toBe('booted\n');
    await place.cloud.stop(order.vmId);
    const path = join(place.folderOf(order.vmId), 'machine.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...record, power: 'on', boot: 2, bootedAt: null }));
    expect(await statusOf(order.vmId)).toBe('building');
    await place.cloud.launch(order);
    await statusBecomes(order.vmId, 'active');
    await expect.poll(() => textOf(order.vmId, 'log')).toBe('booted\nbooted\n');
  });

  it('is not booted twice when the director fell between its boot and writing that down', async () => {
    place = await aLocalCloud();
    const order = anOrder(['echo booted >>log', SLEEP]);
    await place.cloud.launch(order);
    await expect.poll(() => textOf(order.vmId, 'log')).toBe('booted\n');
    const path = join(place.folderOf(order.vmId), 'machine.json');
    const record = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...record, bootedAt: null }));
    await (await place.reopen()).launch(order);
    await delay(200);
    expect(await textOf(order.vmId, 'log')).toBe('booted\n');
    expect(await statusOf(order.vmId)).toBe('active');
  });

  it('makes the list fail when its record is damaged, because the list would not be whole', async () => {
    place = await aLocalCloud();
    const folder = place.folderOf('0b2f6c1e-57d4-4c56-9c3e-0f1b5a7d2e90' as VmId);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'machine.json'), '{');
    await expect(place.cloud.list()).rejects.toMatchObject({ failure: 'unknown-outcome' });
    await rm(folder, { recursive: true });
  });
});
