// Jobs as users see them, and the calls on them.
import { FINAL_STATES, JOB_STATES } from '@pilotfish/model';
import { z } from 'zod';
import { jobDescription } from './job-description.ts';
import { digest, instant, jobId, many, nextCursor, page } from './primitives.ts';
import type { Route } from './route.ts';

export const jobState = z.enum(JOB_STATES);

export const jobView = z.object({
  id: jobId,
  vo: z.string(),
  group: z.string(),
  owner: z.string(),
  name: z.string(),
  jobGroup: z.string(),
  jobType: z.string(),
  state: jobState,
  minor: z.string(),
  applicationStatus: z.string(),
  priority: z.int(),
  attempt: z.int(),
  reschedules: z.int(),
  submittedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  exitCode: z.int().nullable(),
  killReason: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
});
export type JobView = z.output<typeof jobView>;

export const attemptView = z.object({
  n: z.int(),
  state: z.string(),
  vmId: z.string(),
  endpoint: z.string(),
  processors: z.int(),
  memoryMb: z.int(),
  claimedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  exitCode: z.int().nullable(),
  reason: z.string().nullable(),
  cpuS: z.number().nullable(),
  maxRssMb: z.number().nullable(),
  hasOutput: z.boolean(),
});
export type AttemptView = z.output<typeof attemptView>;

export const jobDetail = jobView.extend({
  description: z.record(z.string(), z.unknown()),
  attempts: z.array(attemptView),
});
export type JobDetail = z.output<typeof jobDetail>;

export const jobEvent = z.object({
  at: instant,
  state: jobState,
  minor: z.string(),
  applicationStatus: z.string(),
  source: z.string(),
  attempt: z.int(),
});
export type JobEventView = z.output<typeof jobEvent>;

export const submitted = z.object({
  ids: z.array(jobId).describe('one id per job, in the order of the sweep'),
  warnings: z.array(z.string()),
});
export type Submitted = z.output<typeof submitted>;

export const bulkItem = z.union([
  z.object({ ok: z.literal(true), ids: z.array(jobId), warnings: z.array(z.string()) }),
  z.object({
    ok: z.literal(false),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })),
  }),
]);

/** Which jobs a bulk call means: ids, or a filter of the caller's own jobs. */
export const jobSelection = z
  .strictObject({
    ids: z.array(jobId).min(1).max(10_000).optional(),
    jobGroup: z.string().optional(),
    states: z.array(jobState).optional(),
    owner: z.string().optional(),
    reason: z.string().max(500).default(''),
  })
  .refine(
    (s) => s.ids !== undefined || s.jobGroup !== undefined || s.states !== undefined || s.owner !== undefined,
    'name ids, jobGroup, states or owner',
  );

export const changed = z.object({
  done: z.array(jobId),
  refused: z.array(z.object({ id: jobId, detail: z.string() })),
});
export type Changed = z.output<typeof changed>;

export const jobFilter = z.object({
  ...page,
  state: many(jobState),
  vo: z.string().optional(),
  owner: z.string().optional(),
  group: z.string().optional(),
  jobGroup: z.string().optional(),
  name: z.string().optional(),
});

export const whyView = z.object({
  id: jobId,
  state: jobState,
  summary: z.string(),
  lines: z.array(z.object({ about: z.string(), text: z.string() })),
});
export type WhyView = z.output<typeof whyView>;

const waitQuery = z.object({
  waitS: z.coerce.number().int().min(0).max(55).default(0),
  until: z.enum(['change', 'final']).default('final'),
});
const stream = z.enum(['stdout', 'stderr']);

export const jobRoutes = {
  submitJob: {
    id: 'submitJob',
    method: 'POST',
    path: '/jobs',
    summary: 'Submit one job, or the members of a sweep',
    permission: 'jobs.submit',
    status: 201,
    body: jobDescription,
    reply: submitted,
    idempotent: true,
  },
  submitJobs: {
    id: 'submitJobs',
    method: 'POST',
    path: '/jobs/bulk',
    summary: 'Submit up to 1,000 descriptions; each is answered on its own',
    permission: 'jobs.submit',
    status: 200,
    body: z.strictObject({ jobs: z.array(z.unknown()).min(1).max(1000) }),
    reply: z.object({ items: z.array(bulkItem) }),
    idempotent: true,
  },
  submitJdl: {
    id: 'submitJdl',
    method: 'POST',
    path: '/jobs/jdl',
    summary: 'Submit DIRAC JDL text whose input sandbox is already uploaded',
    permission: 'jobs.submit',
    status: 201,
    body: z.strictObject({ jdl: z.string().min(1).max(1_000_000) }),
    reply: submitted,
    idempotent: true,
  },
  listJobs: {
    id: 'listJobs',
    method: 'GET',
    path: '/jobs',
    summary: 'Jobs you may see, newest first',
    permission: 'jobs.read',
    status: 200,
    query: jobFilter,
    reply: z.object({ jobs: z.array(jobView), next: nextCursor }),
  },
  countJobs: {
    id: 'countJobs',
    method: 'GET',
    path: '/jobs/counts',
    summary: 'Number of jobs by state',
    permission: 'jobs.read',
    status: 200,
    query: jobFilter.omit({ limit: true, cursor: true, state: true }),
    reply: z.object({ counts: z.record(z.string(), z.int()) }),
  },
  showJob: {
    id: 'showJob',
    method: 'GET',
    path: '/jobs/:id',
    summary: 'One job with its attempts; `waitS` waits for its end (or next change)',
    permission: 'jobs.read',
    status: 200,
    query: waitQuery,
    reply: jobDetail,
  },
  jobHistory: {
    id: 'jobHistory',
    method: 'GET',
    path: '/jobs/:id/history',
    summary: 'Every state the job went through',
    permission: 'jobs.read',
    status: 200,
    reply: z.object({ events: z.array(jobEvent) }),
  },
  whyJob: {
    id: 'whyJob',
    method: 'GET',
    path: '/jobs/:id/why',
    summary: 'Why the job waits, runs or ended as it did',
    permission: 'jobs.read',
    status: 200,
    reply: whyView,
  },
  jobLog: {
    id: 'jobLog',
    method: 'GET',
    path: '/jobs/:id/logs/:stream',
    summary: 'Bytes of stdout or stderr from an offset; `waitS` waits for more',
    permission: 'jobs.read',
    status: 200,
    query: z.object({
      offset: z.coerce.number().int().min(0).default(0),
      waitS: z.coerce.number().int().min(0).max(55).default(0),
      attempt: z.coerce.number().int().min(1).optional(),
    }),
    reply: z.object({
      stream,
      attempt: z.int(),
      offset: z.int(),
      text: z.string(),
      nextOffset: z.int(),
      ended: z.boolean(),
    }),
  },
  jobOutput: {
    id: 'jobOutput',
    method: 'GET',
    path: '/jobs/:id/output',
    summary: 'The output sandbox of the accepted attempt as tar.gz',
    permission: 'jobs.read',
    status: 200,
    reply: 'bytes',
  },
  killJobs: {
    id: 'killJobs',
    method: 'POST',
    path: '/jobs/kill',
    summary: 'Kill jobs',
    permission: 'jobs.manage',
    status: 200,
    body: jobSelection,
    reply: changed,
  },
  rescheduleJobs: {
    id: 'rescheduleJobs',
    method: 'POST',
    path: '/jobs/reschedule',
    summary: 'Put failed jobs back into their queue',
    permission: 'jobs.manage',
    status: 200,
    body: jobSelection,
    reply: changed,
  },
  deleteJobs: {
    id: 'deleteJobs',
    method: 'POST',
    path: '/jobs/delete',
    summary: 'Delete finished or waiting jobs',
    permission: 'jobs.manage',
    status: 200,
    body: jobSelection,
    reply: changed,
  },
  putSandbox: {
    id: 'putSandbox',
    method: 'PUT',
    path: '/sandboxes/:digest',
    summary: 'Upload an input sandbox (tar.gz) under its own digest',
    permission: 'sandboxes.use',
    status: 201,
    query: z.object({ vo: z.string().optional() }),
    body: 'bytes',
    reply: z.object({ digest, size: z.int() }),
  },
  getSandbox: {
    id: 'getSandbox',
    method: 'GET',
    path: '/sandboxes/:digest',
    summary: 'Download a sandbox that one of your jobs uses',
    permission: 'sandboxes.use',
    status: 200,
    reply: 'bytes',
  },
  listQueues: {
    id: 'listQueues',
    method: 'GET',
    path: '/queues',
    summary: 'Task queues with waiting jobs',
    permission: 'jobs.read',
    status: 200,
    query: z.object({ vo: z.string().optional() }),
    reply: z.object({
      queues: z.array(
        z.object({
          id: z.int(),
          vo: z.string(),
          group: z.string(),
          owner: z.string(),
          waiting: z.int(),
          oldestAt: instant.nullable(),
          requirements: z.record(z.string(), z.unknown()),
        }),
      ),
    }),
  },
} as const satisfies Record<string, Route>;

export const isFinalState = (state: string): boolean => (FINAL_STATES as readonly string[]).includes(state);
