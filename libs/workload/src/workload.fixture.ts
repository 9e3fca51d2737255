// Builders for this package's specs.
import type { Candidate } from '@pilotfish/matcher';
import type { Job, JobId, Offer, PilotId, QueueId, Requirements, Resources, VmId } from '@pilotfish/model';
import type { AskRequest } from './ask.ts';
import type { Claimed } from './claim-store.ts';
import type { NewJob } from './job-store.ts';
import type { Shares } from './shares.ts';

export const node = (processors: number): Resources => ({
  processors,
  memoryMb: processors * 2048,
  diskMb: 50_000,
  gpus: 0,
});

export function requirements(overrides: Partial<Requirements> = {}): Requirements {
  return {
    processors: { min: 1, max: 1 },
    wholeNode: false,
    memoryMb: 0,
    diskMb: 0,
    gpus: 0,
    cpuTimeS: 360,
    wallTimeS: 0,
    sites: [],
    bannedSites: [],
    endpoints: [],
    platforms: [],
    tags: [],
    jobType: 'User',
    ...overrides,
  };
}

export const payload: NewJob['payload'] = {
  executable: '/bin/true',
  arguments: [],
  environment: {},
  stdout: 'std.out',
  stderr: 'std.err',
  inputSandbox: null,
  outputSandbox: [],
  inputData: [],
  outputData: [],
};

export function aJob(needs: Partial<Requirements> = {}, overrides: Partial<Job> = {}): Job {
  return {
    id: 7 as JobId,
    vo: 'astro',
    group: 'users',
    owner: 'ada',
    name: 'a job',
    jobGroup: '',
    state: 'Waiting',
    minor: 'Pilot Agent Submission',
    applicationStatus: '',
    priority: 1,
    queueId: 1 as QueueId,
    requirements: requirements(needs),
    payload,
    credential: 'none',
    labels: {},
    attempt: 0,
    reschedules: 0,
    maxReschedules: 3,
    submittedAt: new Date(0),
    startedAt: null,
    endedAt: null,
    exitCode: null,
    killReason: null,
    ...overrides,
  };
}

/** An empty node of eight cores. */
export function anOffer(overrides: Partial<Offer> = {}): Offer {
  return {
    vo: 'astro',
    site: 'CLOUD.local.org',
    endpoint: 'local',
    profile: 'small',
    platforms: [],
    tags: [],
    requiredTags: [],
    jobTypes: [],
    owners: [],
    groups: [],
    total: node(8),
    free: node(8),
    empty: true,
    timeLeftS: 86_400,
    ...overrides,
  };
}

export function aCandidate(id: number, waiting = 1, vo = 'astro'): Candidate {
  const queue = { id: id as QueueId, vo, group: 'users', owner: 'ada', requirements: requirements() };
  return { queue, waiting, priority: 1, oldestAt: id, inUse: 0 };
}

export const NO_SHARES: Shares = { tree: {}, use: [], halfLifeS: 86_400, expectedS: 60 };

export function aClaimed(jobId: number): Claimed {
  const rest = { n: 1, name: '', owner: 'ada', granted: node(1), wallTimeS: 0, cpuTimeS: 360, payload };
  return { jobId: jobId as JobId, ...rest };
}

export function anAsk(overrides: Partial<AskRequest> = {}): AskRequest {
  return {
    vmId: 'vm' as VmId,
    vo: 'astro',
    pilotId: 'pilot' as PilotId,
    askId: 'ask',
    total: node(8),
    free: node(8),
    platforms: [],
    limit: 10,
    waitMs: 0,
    ...overrides,
  };
}
