// The table of JDL attributes: how each is spelt, where it lands in the canonical description and how it is read
// (DIRAC WorkloadManagementSystem/Utilities/JobModel.py, Interfaces/API/Job.py, Client/JobState/JobManifest.py).

import { WmsError } from '@pilotfish/model';
import { shellWords } from '../shell-words.ts';
import type { Draft } from './draft.ts';
import { addEnvironment } from './environment.ts';
import type { JdlValue } from './parse.ts';
import { addInputSandbox, addOutputSandbox } from './sandboxes.ts';
import { asBoolean, asChoice, asInteger, asList, asText } from './values.ts';

export interface Attribute {
  readonly name: string;
  /** JSON pointer of what it sets, by which a later objection finds its way back to the line. */
  readonly target: string;
  readonly apply: (draft: Draft, value: JdlValue) => void;
}

type TextField = 'executable' | 'name' | 'jobGroup' | 'jobType' | 'stdout' | 'stderr' | 'vo';
type ChoiceField = 'sites' | 'bannedSites' | 'endpoints' | 'platforms' | 'tags';

/** DIRAC's bounds; a value outside is moved to the bound, not refused. */
const CPU_TIME_S = { min: 100, max: 500_000 };
const PRIORITY = { min: 0, max: 10 };
/** No job runs in less; a smaller number was meant as GB. */
const LEAST_RAM_MB = 64;

const text = (name: string, field: TextField): Attribute => ({
  name,
  target: `/${field}`,
  apply: ({ top }, value) => {
    top[field] = asText(value);
  },
});

const choice = (name: string, field: ChoiceField): Attribute => ({
  name,
  target: `/requirements/${field}`,
  apply: ({ restrictions }, value) => {
    restrictions[field] = [...new Set([...(restrictions[field] ?? []), ...asChoice(value)])];
  },
});

const processors = (name: string, bound: 'exact' | 'min' | 'max'): Attribute => ({
  name,
  target: bound === 'exact' ? '/resources/processors' : `/resources/processors/${bound}`,
  apply: (draft, value) => {
    draft.processors[bound] = asInteger(value);
  },
});

const ram = (name: string, bound: 'min' | 'max'): Attribute => ({
  name,
  target: '/resources/memoryMb',
  apply: ({ memory }, value) => {
    const megabytes = asInteger(value);
    if (megabytes > 0 && megabytes < LEAST_RAM_MB)
      throw new WmsError('bad-description', `is in MB: for ${megabytes} GB write ${megabytes * 1024}`);
    memory[bound] = megabytes;
  },
});

/** Known to DIRAC, without a place in the canonical form: kept as the label `jdl.<name>`. */
const label = (name: string): Attribute => ({
  name,
  target: `/labels/jdl.${name}`,
  apply: ({ labels }, value) => {
    labels.set(`jdl.${name}`, value.kind === 'list' ? asList(value).join(',') : value.text);
  },
});

export const ATTRIBUTES: readonly Attribute[] = [
  text('Executable', 'executable'),
  { name: 'Arguments', target: '/arguments', apply: addArguments },
  text('JobName', 'name'),
  text('JobGroup', 'jobGroup'),
  text('JobType', 'jobType'),
  text('VirtualOrganization', 'vo'),
  text('StdOutput', 'stdout'),
  text('StdError', 'stderr'),
  { name: 'InputSandbox', target: '/inputSandbox', apply: addInputSandbox },
  { name: 'OutputSandbox', target: '/outputSandbox', apply: addOutputSandbox },
  { name: 'InputData', target: '/inputData', apply: ({ inputData }, value) => void inputData.push(...asList(value)) },
  {
    name: 'OutputData',
    target: '/outputData',
    apply: ({ outputData }, value) => void outputData.push(...asList(value)),
  },
  {
    name: 'CPUTime',
    target: '/resources/cpuTimeS',
    apply: ({ resources }, value) => {
      resources.cpuTimeS = clamped(asInteger(value), CPU_TIME_S);
    },
  },
  {
    name: 'Priority',
    target: '/priority',
    apply: ({ top }, value) => {
      top.priority = clamped(asInteger(value), PRIORITY);
    },
  },
  choice('Site', 'sites'),
  choice('Sites', 'sites'),
  choice('BannedSites', 'bannedSites'),
  choice('BannedSite', 'bannedSites'),
  choice('GridCE', 'endpoints'),
  choice('Platform', 'platforms'),
  choice('Tag', 'tags'),
  choice('Tags', 'tags'),
  processors('NumberOfProcessors', 'exact'),
  processors('MinNumberOfProcessors', 'min'),
  processors('MaxNumberOfProcessors', 'max'),
  {
    name: 'WholeNode',
    target: '/resources/wholeNode',
    apply: ({ resources }, value) => {
      resources.wholeNode = asBoolean(value);
    },
  },
  ram('MinRAM', 'min'),
  ram('MaxRAM', 'max'),
  { name: 'ExecutionEnvironment', target: '/environment', apply: addEnvironment },
  label('InputDataPolicy'),
  label('OutputSE'),
  label('OutputPath'),
  label('LogLevel'),
  label('JobConfigArgs'),
];

/** What DIRAC's server writes into a job's JDL; a copied JDL must lose it before it is submitted again. */
export const SERVER_ATTRIBUTES: ReadonlySet<string> = new Set(
  ['JobID', 'Owner', 'OwnerDN', 'OwnerGroup', 'OwnerName', 'Setup', 'DIRACSetup', 'VO', 'Status', 'MasterJobID'].map(
    (name) => name.toLowerCase(),
  ),
);

function addArguments({ top }: Draft, value: JdlValue): void {
  top.arguments = value.kind === 'list' ? value.items.map((item) => asText(item)) : shellWords(value.text);
}

function clamped(number: number, { min, max }: { min: number; max: number }): number {
  return Math.min(max, Math.max(min, number));
}
