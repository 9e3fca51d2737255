// Rows as the service would send them, with what a test cares about put in.
import type { JobDetail, JobView, VmDetail, VmView } from '@pilotfish/api-contract';

export function aJob(changes: Partial<JobView> = {}): JobView {
  return {
    id: 7,
    vo: 'biomed',
    group: 'users',
    owner: 'alice',
    name: 'render',
    jobGroup: '',
    jobType: 'User',
    state: 'Waiting',
    minor: 'Pilot Agent Submission',
    applicationStatus: '',
    priority: 1,
    attempt: 0,
    reschedules: 0,
    submittedAt: '2030-01-01T11:57:00Z',
    startedAt: null,
    endedAt: null,
    exitCode: null,
    killReason: null,
    labels: {},
    ...changes,
  };
}

export function aJobDetail(changes: Partial<JobDetail> = {}): JobDetail {
  return { ...aJob(), description: { executable: 'echo', arguments: ['a b'] }, attempts: [], ...changes };
}

export function aVm(changes: Partial<VmView> = {}): VmView {
  return {
    id: '0a1b2c3d-0000-4000-8000-000000000001',
    vo: 'biomed',
    endpoint: 'local',
    profile: 'small',
    profileVersion: 1,
    state: 'running',
    capacity: { processors: 4, memoryMb: 4096, diskMb: 10_240, gpus: 0 },
    providerId: null,
    because: '3 jobs of biomed wait',
    retireReason: null,
    locked: false,
    jobs: 2,
    processorsBusy: 2,
    health: {
      load1: 1.5,
      cpuBusy: 0.5,
      memoryUsedMb: 900,
      memoryTotalMb: 4096,
      diskFreeMb: 9000,
      uptimeS: 100,
      pilotRunning: true,
    },
    orderedAt: '2030-01-01T11:58:00Z',
    activatedAt: '2030-01-01T11:59:00Z',
    lastBeatAt: '2030-01-01T11:59:56Z',
    lastBeatAgeS: 4,
    idleSince: null,
    endedAt: null,
    ...changes,
  };
}

export function aVmDetail(changes: Partial<VmDetail> = {}): VmDetail {
  return {
    ...aVm(),
    timeline: [{ at: '2030-01-01T11:58:00Z', state: 'ordered', because: '3 jobs of biomed wait' }],
    beats: [{ at: '2030-01-01T11:59:56Z', health: aVm().health!, jobs: 2 }],
    attempts: [{ jobId: 7, n: 1, state: 'Running', processors: 2 }],
    consoleTail: 'pilot started\n',
    ...changes,
  };
}
