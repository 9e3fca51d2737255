export { checkDescription } from './check.ts';
export { parseJdl } from './jdl/parse-jdl.ts';
export { jobDescriptionJsonSchema } from './json-schema.ts';
export { parseDescriptions } from './parse-descriptions.ts';
export type { ParsedJob, ParsedScript } from './parsed-job.ts';
export { requirementsKey, toPayload, toRequirements } from './requirements.ts';
export { parseScript } from './script.ts';
export { expandSweep, MAX_SWEEP_MEMBERS, substituteJobId } from './sweep.ts';
export { parseYaml } from './yaml.ts';
