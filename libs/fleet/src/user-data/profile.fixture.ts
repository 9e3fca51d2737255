// A profile and an input for the specs of this folder.
import { Secret, type VmId, type VmProfile } from '@pilotfish/model';
import type { UserDataInput } from './render-user-data.ts';

export const VM_ID = '0b2f6c1e-57d4-4c56-9c3e-0f1b5a7d2e90' as VmId;

export function aProfile(overrides: Partial<VmProfile> = {}): VmProfile {
  return {
    vo: 'astro',
    name: 'small',
    version: 1,
    endpoints: ['here'],
    image: 'debian-12',
    capacity: { processors: 2, memoryMb: 2048, diskMb: 10_240, gpus: 0 },
    platforms: [],
    tags: [],
    requiredTags: [],
    jobTypes: [],
    owners: [],
    groups: [],
    minVms: 0,
    maxVms: 2,
    idleS: 300,
    maxLifeS: 86_400,
    bootTimeoutS: 900,
    lostAfterS: 150,
    isolatedAfterS: 900,
    environment: {},
    packages: [],
    ...overrides,
  };
}

export function anInput(overrides: Partial<UserDataInput> = {}): UserDataInput {
  return {
    serviceUrl: 'https://wms.example.org:8443',
    vmId: VM_ID,
    activationKey: new Secret('key-0123456789abcdef'),
    ca: null,
    files: {
      agent: { name: 'agent-1.cjs', sha256: 'a'.repeat(64) },
      pilot: { name: 'pilot-1.cjs', sha256: 'b'.repeat(64) },
    },
    profile: aProfile(),
    ...overrides,
  };
}
