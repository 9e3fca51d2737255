// The canonical job description: what the CLI, REST clients and YAML files send. JDL is translated into it
// (libs/job-description). Published as JSON Schema at /api/v1/schemas/job.json.
import { z } from 'zod';

const MAX_PROCESSORS = 1024;
const name = z.string().min(1).max(128);
const strings = (max: number) => z.array(z.string().min(1).max(1024)).max(max);
const relativeFile = z
  .string()
  .min(1)
  .max(255)
  .refine((path) => !path.startsWith('/') && !path.split('/').includes('..'), 'must be a path inside the job folder');
const tags = z
  .array(z.string().regex(/^[\w.:+-]{1,64}$/, 'a tag has letters, digits and . : + - _ only'))
  .max(64)
  .default([]);

export const processors = z.union([
  z.int().min(1).max(MAX_PROCESSORS),
  z
    .strictObject({
      min: z.int().min(1).max(MAX_PROCESSORS).default(1),
      max: z.int().min(1).max(MAX_PROCESSORS).default(MAX_PROCESSORS),
    })
    .refine((range) => range.min <= range.max, 'min must not exceed max'),
]);

export const jobResources = z.strictObject({
  processors: processors.default(1),
  wholeNode: z.boolean().default(false),
  memoryMb: z.int().min(0).max(16_777_216).default(0).describe('MiB set aside for the job; 0: its share by cores'),
  diskMb: z.int().min(0).max(1_073_741_824).default(0).describe('MiB of scratch space'),
  gpus: z.int().min(0).max(64).default(0),
  cpuTimeS: z.int().min(100).max(1_080_000).default(86_400).describe('processor time in seconds (DIRAC CPUTime)'),
  wallTimeS: z.int().min(0).max(2_592_000).default(0).describe('longest wall time in seconds; 0: no limit of its own'),
});

export const jobRequirements = z.strictObject({
  sites: strings(1000).default([]),
  bannedSites: strings(1000).default([]),
  endpoints: strings(1000).default([]),
  platforms: strings(100).default([]),
  tags,
});

/** Named sequences of equal length; `%s`/`%(name)s`, `%n` (index from 0) and `%j` (job id) are replaced in all strings. */
export const sweep = z
  .strictObject({
    parameters: z.record(
      z.string().regex(/^[A-Za-z_]\w*$/),
      z
        .array(z.union([z.string(), z.number()]))
        .min(1)
        .max(10_000),
    ),
  })
  .refine(
    (value) => new Set(Object.values(value.parameters).map((list) => list.length)).size === 1,
    'all parameter lists must be equally long',
  );

export const jobDescription = z.strictObject({
  apiVersion: z.literal('pilotfish/v1').default('pilotfish/v1'),
  kind: z.literal('Job').default('Job'),
  name: name.default('job'),
  vo: name.optional().describe('needed only by an operator, who belongs to no VO'),
  jobGroup: z.string().max(128).default(''),
  jobType: name.default('User'),
  priority: z.int().min(0).max(10).default(1),
  executable: z.string().min(1).max(4096),
  arguments: z.array(z.string().max(65_536)).max(4096).default([]),
  environment: z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().max(65_536)).default({}),
  stdout: relativeFile.default('std.out'),
  stderr: relativeFile.default('std.err'),
  inputSandbox: z
    .string()
    .regex(
      /^sha256:[0-9a-f]{64}$/,
      'the digest of an uploaded sandbox, e.g. sha256:…; upload it first (PUT /sandboxes)',
    )
    .nullable()
    .default(null),
  outputSandbox: z.array(relativeFile).max(1000).default([]),
  inputData: strings(500).default([]),
  outputData: strings(500).default([]),
  resources: jobResources.prefault({}),
  requirements: jobRequirements.prefault({}),
  maxReschedules: z.int().min(0).max(20).default(3),
  credential: z.enum(['none', 'proxy', 'token']).optional().describe('what the payload needs; the VO sets the default'),
  labels: z.record(z.string().max(64), z.string().max(256)).default({}),
  sweep: sweep.optional(),
});

/** What a client may send (defaults left out). */
export type JobDescriptionInput = z.input<typeof jobDescription>;
/** The same with every default filled in. */
export type JobDescription = z.output<typeof jobDescription>;
