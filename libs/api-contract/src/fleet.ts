// VOs' machines: profiles, endpoints, VMs, pilots, and what the director decided.
import { VM_STATES } from '@pilotfish/model';
import { z } from 'zod';
import { flag, instant, many, resourceName, resources, uuid } from './primitives.ts';
import type { Route } from './route.ts';

const strings = z.array(z.string().min(1).max(128)).max(200).default([]);
// They reach the guest's package manager as arguments: none of them may read as an option.
const packages = z
  .array(
    z
      .string()
      .max(128)
      .regex(/^[!-,.-~][!-~]*$/, 'a package name has printable ASCII without blanks and does not start with a dash'),
  )
  .max(200)
  .default([]);

/** What a VO admin writes; the rest has defaults. */
export const profileSpec = z.strictObject({
  endpoints: z.array(resourceName).min(1).describe('in order of preference'),
  image: z.string().min(1).max(256).default('debian-12'),
  capacity: z.strictObject({
    processors: z.int().min(1).max(1024),
    memoryMb: z.int().min(64).max(33_554_432),
    diskMb: z.int().min(0).max(1_073_741_824).default(10_240),
    gpus: z.int().min(0).max(64).default(0),
  }),
  platforms: strings,
  tags: strings,
  requiredTags: strings,
  jobTypes: strings,
  owners: strings,
  groups: strings,
  minVms: z.int().min(0).max(10_000).default(0),
  maxVms: z.int().min(0).max(10_000).default(10),
  idleS: z.int().min(1).max(604_800).default(300),
  maxLifeS: z.int().min(60).max(31_536_000).default(1_209_600),
  bootTimeoutS: z.int().min(10).max(7200).default(900),
  lostAfterS: z.int().min(10).max(86_400).default(150),
  isolatedAfterS: z.int().min(10).max(86_400).default(900),
  environment: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().max(4096)).default({}),
  packages,
});
export type ProfileSpec = z.input<typeof profileSpec>;

export const profileView = profileSpec.extend({ vo: z.string(), name: z.string(), version: z.int() });
export type ProfileView = z.output<typeof profileView>;

export const endpointSpec = z.strictObject({
  kind: z.string().min(1).max(64),
  site: z.string().min(1).max(128),
  enabled: z.boolean().default(true),
  maxVms: z.int().min(0).max(100_000).default(10),
  maxProcessors: z.int().min(0).max(10_000_000).default(64),
  settings: z.record(z.string(), z.unknown()).default({}),
});
export type EndpointSpec = z.input<typeof endpointSpec>;

export const endpointView = endpointSpec.extend({
  name: z.string(),
  observedAt: instant.nullable(),
  reachable: z.boolean(),
  problem: z.string().nullable(),
  vms: z.int(),
});
export type EndpointView = z.output<typeof endpointView>;

export const vmHealth = z.object({
  load1: z.number(),
  cpuBusy: z.number().describe('share of all cores, 0 to 1'),
  memoryUsedMb: z.number(),
  memoryTotalMb: z.number(),
  diskFreeMb: z.number(),
  uptimeS: z.number(),
  pilotRunning: z.boolean(),
});

export const vmView = z.object({
  id: uuid,
  vo: z.string(),
  endpoint: z.string(),
  profile: z.string(),
  profileVersion: z.int(),
  state: z.enum(VM_STATES),
  capacity: resources,
  providerId: z.string().nullable(),
  because: z.string(),
  retireReason: z.string().nullable(),
  locked: z.boolean(),
  jobs: z.int().describe('open attempts'),
  processorsBusy: z.int(),
  health: vmHealth.nullable(),
  orderedAt: instant,
  activatedAt: instant.nullable(),
  lastBeatAt: instant.nullable(),
  lastBeatAgeS: z.number().nullable(),
  idleSince: instant.nullable(),
  endedAt: instant.nullable(),
});
export type VmView = z.output<typeof vmView>;

export const vmDetail = vmView.extend({
  timeline: z.array(z.object({ at: instant, state: z.string(), because: z.string() })),
  beats: z.array(z.object({ at: instant, health: vmHealth, jobs: z.int() })),
  attempts: z.array(z.object({ jobId: z.int(), n: z.int(), state: z.string(), processors: z.int() })),
  consoleTail: z.string(),
});
export type VmDetail = z.output<typeof vmDetail>;

export const pilotView = z.object({
  id: uuid,
  vmId: uuid,
  vo: z.string(),
  version: z.string(),
  startedAt: instant,
  lastBeatAt: instant,
  current: z.boolean(),
  free: resources,
});

export const fleetActionView = z.object({
  id: z.int(),
  kind: z.string(),
  vo: z.string().nullable(),
  endpoint: z.string().nullable(),
  profile: z.string().nullable(),
  vmId: z.string().nullable(),
  because: z.string(),
  state: z.string(),
  orderedAt: instant.nullable(),
  endedAt: instant.nullable(),
  problem: z.string().nullable(),
});
export type FleetActionView = z.output<typeof fleetActionView>;

const reason = z.strictObject({ reason: z.string().max(500).default('') });
const voQuery = z.object({ vo: z.string().optional() });

export const fleetRoutes = {
  listProfiles: {
    id: 'listProfiles',
    method: 'GET',
    path: '/profiles',
    summary: 'Newest version of each VM profile',
    permission: 'fleet.read',
    status: 200,
    query: voQuery,
    reply: z.object({ profiles: z.array(profileView) }),
  },
  putProfile: {
    id: 'putProfile',
    method: 'PUT',
    path: '/vos/:vo/profiles/:name',
    summary: 'Create a profile or a new version of it',
    permission: 'profiles.manage',
    status: 200,
    body: profileSpec,
    reply: profileView,
  },
  deleteProfile: {
    id: 'deleteProfile',
    method: 'DELETE',
    path: '/vos/:vo/profiles/:name',
    summary: 'Retire a profile: no VM is started from it any more',
    permission: 'profiles.manage',
    status: 204,
  },
  listEndpoints: {
    id: 'listEndpoints',
    method: 'GET',
    path: '/endpoints',
    summary: 'Cloud endpoints and how they were last seen',
    permission: 'fleet.read',
    status: 200,
    reply: z.object({ endpoints: z.array(endpointView) }),
  },
  putEndpoint: {
    id: 'putEndpoint',
    method: 'PUT',
    path: '/endpoints/:name',
    summary: 'Create or change a cloud endpoint',
    permission: 'fleet.manage',
    status: 200,
    body: endpointSpec,
    reply: endpointView,
  },
  listVms: {
    id: 'listVms',
    method: 'GET',
    path: '/vms',
    summary: 'VMs, newest first',
    permission: 'fleet.read',
    status: 200,
    query: z.object({
      vo: z.string().optional(),
      state: many(z.enum(VM_STATES)),
      all: flag.describe('ended ones too'),
      limit: z.coerce.number().int().min(1).max(1000).default(200),
    }),
    reply: z.object({ vms: z.array(vmView) }),
  },
  showVm: {
    id: 'showVm',
    method: 'GET',
    path: '/vms/:id',
    summary: 'One VM: why started, timeline, heartbeats, attempts, console',
    permission: 'fleet.read',
    status: 200,
    reply: vmDetail,
  },
  drainVm: {
    id: 'drainVm',
    method: 'POST',
    path: '/vms/:id/drain',
    summary: 'Take no new jobs, retire when the last has ended',
    permission: 'fleet.manage',
    status: 202,
    body: reason,
    reply: vmView,
  },
  stopVm: {
    id: 'stopVm',
    method: 'POST',
    path: '/vms/:id/stop',
    summary: 'Retire now; its jobs are requeued',
    permission: 'fleet.manage',
    status: 202,
    body: reason,
    reply: vmView,
  },
  listPilots: {
    id: 'listPilots',
    method: 'GET',
    path: '/pilots',
    summary: 'Pilots of live VMs',
    permission: 'fleet.read',
    status: 200,
    query: voQuery,
    reply: z.object({ pilots: z.array(pilotView) }),
  },
  planDryRun: {
    id: 'planDryRun',
    method: 'GET',
    path: '/director/plan',
    summary: 'What the director would do now',
    permission: 'fleet.read',
    status: 200,
    reply: z.object({ at: instant, actions: z.array(fleetActionView) }),
  },
  directorLog: {
    id: 'directorLog',
    method: 'GET',
    path: '/director/log',
    summary: 'Actions ordered, newest first, each with its reason',
    permission: 'fleet.read',
    status: 200,
    query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
    reply: z.object({ actions: z.array(fleetActionView) }),
  },
  checkInvariants: {
    id: 'checkInvariants',
    method: 'GET',
    path: '/invariants',
    summary: 'Checks the whole ledger against its invariants; empty when all hold',
    permission: 'fleet.manage',
    status: 200,
    query: z.object({ atRest: z.stringbool().default(false).describe('also: no job open, no VM left') }),
    reply: z.object({ broken: z.array(z.string()) }),
  },
} as const satisfies Record<string, Route>;
