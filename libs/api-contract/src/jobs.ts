// Jobs as users see them.
import { FINAL_STATES, JOB_STATES } from '@pilotfish/model';
import { z } from 'zod';
import { instant, jobId, many, page } from './primitives.ts';

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
  /** Null: nothing measured says so. */
  estimatedStart: z.object({ at: instant, because: z.string() }).nullable().optional(),
});
export type WhyView = z.output<typeof whyView>;

/** Seconds; null while no job with an estimate has started. `biasS` is positive when jobs start later than was said. */
export const etaReport = z.object({
  count: z.int(),
  medianErrorS: z.number().nullable(),
  p90ErrorS: z.number().nullable(),
  biasS: z.number().nullable(),
});
export type EtaReportView = z.output<typeof etaReport>;

export const isFinalState = (state: string): boolean => (FINAL_STATES as readonly string[]).includes(state);
