// Decides which jobs may share a task queue: equal needs must give equal requirements, whatever order they were
// written in.
import type { JobDescription } from '@pilotfish/api-contract';
import { cpuTimeSegment, type Digest, type Payload, type Requirements } from '@pilotfish/model';

/** What a job needs of a node; CPU time rounded up to its segment, lists sorted and without doubles. */
export function toRequirements(description: JobDescription): Requirements {
  const { resources, requirements } = description;
  const { processors } = resources;
  return {
    processors:
      typeof processors === 'number'
        ? { min: processors, max: processors }
        : { min: processors.min, max: processors.max },
    wholeNode: resources.wholeNode,
    memoryMb: resources.memoryMb,
    diskMb: resources.diskMb,
    gpus: resources.gpus,
    cpuTimeS: cpuTimeSegment(resources.cpuTimeS),
    wallTimeS: resources.wallTimeS,
    sites: sortedUnique(requirements.sites),
    bannedSites: sortedUnique(requirements.bannedSites),
    endpoints: sortedUnique(requirements.endpoints),
    platforms: sortedUnique(requirements.platforms),
    tags: sortedUnique(requirements.tags),
    jobType: description.jobType,
  };
}

/** JSON with sorted keys and no blanks: equal requirements give equal text, fit for digesting. */
export function requirementsKey(requirements: Requirements): string {
  return JSON.stringify(requirements, (_, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(byKey)) : value,
  );
}

/** What the pilot runs; `%j` is still in it until the job has its id. */
export function toPayload(description: JobDescription): Payload {
  return {
    executable: description.executable,
    arguments: description.arguments,
    environment: description.environment,
    stdout: description.stdout,
    stderr: description.stderr,
    inputSandbox: description.inputSandbox as Digest | null,
    outputSandbox: description.outputSandbox,
    inputData: description.inputData,
    outputData: description.outputData,
  };
}

function sortedUnique(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function byKey([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
