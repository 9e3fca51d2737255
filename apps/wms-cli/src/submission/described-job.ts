// Applies the options of `wms submit` to a description: what is said on the command line wins over what a file says.
import type { JobDescriptionInput } from '@pilotfish/api-contract';
import { usageError } from '../usage-error.ts';

export interface DescriptionOptions {
  readonly name?: string;
  readonly vo?: string;
  readonly processors?: number | { min: number; max?: number };
  readonly wholeNode?: boolean;
  readonly memory?: number;
  readonly cpuTime?: number;
  readonly wallTime?: number;
  readonly site?: readonly string[];
  readonly bannedSite?: readonly string[];
  readonly platform?: readonly string[];
  readonly tag?: readonly string[];
  readonly jobGroup?: string;
  readonly priority?: number;
  readonly output?: readonly string[];
  readonly env?: readonly string[];
}

/** Single values and the lists of places replace those of `base`; environment and output files come on top. */
export function describedJob(base: JobDescriptionInput, options: DescriptionOptions): JobDescriptionInput {
  const { site, bannedSite, platform, tag, output, env } = options;
  const described: JobDescriptionInput = {
    ...base,
    ...given({
      name: options.name,
      vo: options.vo,
      jobGroup: options.jobGroup,
      priority: options.priority,
      environment: env && { ...base.environment, ...environmentOf(env) },
      outputSandbox: output && [...new Set([...(base.outputSandbox ?? []), ...output])],
    }),
  };
  const resources = given({
    processors: options.processors,
    wholeNode: options.wholeNode,
    memoryMb: options.memory,
    cpuTimeS: options.cpuTime,
    wallTimeS: options.wallTime,
  });
  const requirements = given({ sites: site, bannedSites: bannedSite, platforms: platform, tags: tag });
  return {
    ...described,
    ...(isEmpty(resources) ? {} : { resources: { ...base.resources, ...resources } }),
    ...(isEmpty(requirements) ? {} : { requirements: { ...base.requirements, ...requirements } }),
  } as JobDescriptionInput;
}

function environmentOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const end = pair.indexOf('=');
      if (end < 1) throw usageError(`--env ${pair}: write NAME=VALUE`);
      return [pair.slice(0, end), pair.slice(end + 1)];
    }),
  );
}

/** Without what wasn't given, so that it doesn't hide the file's own. */
function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function isEmpty(fields: object): boolean {
  return Object.keys(fields).length === 0;
}
