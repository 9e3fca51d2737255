// Opens a local cloud in a folder of its own, with orders whose machines are small shell scripts.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cloud, LaunchOrder } from '@pilotfish/fleet';
import type { CloudEndpoint, VmId, VmProfile } from '@pilotfish/model';
import { stringify } from 'yaml';
import { openCloud } from '../registry.ts';

const log = { info: () => undefined, warn: () => undefined };

export function anEndpoint(settings: Record<string, unknown> = {}): CloudEndpoint {
  return { name: 'here', kind: 'local', site: 'HERE', enabled: true, maxVms: 10, maxProcessors: 64, settings };
}

export interface LocalCloud {
  readonly dataDir: string;
  readonly cloud: Cloud;
  folderOf(vmId: VmId): string;
  reopen(): Promise<Cloud>;
  close(): Promise<void>;
}

export async function aLocalCloud(settings: Record<string, unknown> = {}): Promise<LocalCloud> {
  // With a space, as a user's folder may have.
  const dataDir = await mkdtemp(join(tmpdir(), 'pilotfish local '));
  const open = () => openCloud(anEndpoint(settings), { dataDir, log });
  const cloud = open();
  return {
    dataDir,
    cloud,
    folderOf: (vmId) => join(dataDir, 'vms', vmId),
    reopen: async () => open(),
    close: async () => {
      const machines = await cloud.list();
      await Promise.all(machines.map(({ vmId }) => cloud.terminate(vmId)));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Every line of `runcmd` is shell. */
export function anOrder(runcmd: readonly string[], more: object = {}, processors = 1): LaunchOrder {
  const vmId = randomUUID() as VmId;
  const userData = `#cloud-config\n${stringify({ ...more, runcmd })}`;
  return { vmId, vo: 'astro', profile: aProfile(processors), userData };
}

function aProfile(processors: number): VmProfile {
  return {
    vo: 'astro',
    name: 'small',
    version: 1,
    endpoints: ['here'],
    image: 'none',
    capacity: { processors, memoryMb: 512, diskMb: 1024, gpus: 0 },
    platforms: [],
    tags: [],
    requiredTags: [],
    jobTypes: [],
    owners: [],
    groups: [],
    minVms: 0,
    maxVms: 10,
    idleS: 60,
    maxLifeS: 3600,
    bootTimeoutS: 60,
    lostAfterS: 60,
    isolatedAfterS: 60,
    environment: {},
    packages: [],
  };
}
