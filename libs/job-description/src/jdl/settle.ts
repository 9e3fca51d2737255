// Decides what attributes mean together, once all are read (DIRAC WorkloadManagementSystem/Executor/JobScheduling.py).
import type { JobDescriptionInput } from '@pilotfish/api-contract';
import { WmsError } from '@pilotfish/model';
import type { Draft } from './draft.ts';
import { settledSequences } from './sequences.ts';

/** Runs a step that may object; the objection goes to the attribute that set `target`. */
type Guard = (target: string, step: () => void) => void;

/** The description so far; only what was said is in it. It still has to pass the schema. */
export function settled(draft: Draft, guard: Guard): Partial<JobDescriptionInput> {
  const { top, resources, restrictions } = draft;
  settleProcessors(draft);
  guard('/resources/memoryMb', () => settleMemory(draft));
  guard('/inputSandbox', () => settleInputSandbox(draft));
  guard('/sweep', () => {
    const parameters = settledSequences(draft);
    if (parameters) top.sweep = { parameters };
  });
  if (draft.inputData.length > 0) top.inputData = [...new Set(draft.inputData)];
  if (draft.outputData.length > 0) top.outputData = [...new Set(draft.outputData)];
  if (draft.environment.size > 0) top.environment = Object.fromEntries(draft.environment);
  if (draft.labels.size > 0) top.labels = Object.fromEntries(draft.labels);
  if (Object.keys(resources).length > 0) top.resources = resources;
  if (Object.keys(restrictions).length > 0) top.requirements = restrictions;
  return top;
}

/**
 * An exact number wins over a range, which is then kept as labels. A maximum alone means 1 to maximum; DIRAC ignores
 * it, so that such a job gets one core and nobody is told.
 */
function settleProcessors({ processors, resources, labels }: Draft): void {
  const { exact, min, max } = processors;
  if (exact !== undefined) {
    resources.processors = exact;
    if (min !== undefined) labels.set('jdl.MinNumberOfProcessors', String(min));
    if (max !== undefined) labels.set('jdl.MaxNumberOfProcessors', String(max));
  } else if (min !== undefined || max !== undefined) {
    resources.processors = min === max ? min! : { min: min ?? 1, ...(max === undefined ? {} : { max }) };
  }
}

/** In MB. The most that the job may use is set aside for it; a lesser MinRAM is kept as a label. */
function settleMemory({ memory, resources, labels }: Draft): void {
  const { min, max } = memory;
  if (min !== undefined && max !== undefined && min > max)
    throw new WmsError('bad-description', `MinRAM ${min} exceeds MaxRAM ${max}: lower the one or raise the other`);
  const megabytes = max ?? min;
  if (megabytes !== undefined) resources.memoryMb = megabytes;
  if (min !== undefined && max !== undefined) labels.set('jdl.MinRAM', String(min));
}

function settleInputSandbox({ sandboxes, inputFiles, top }: Draft): void {
  const [digest, second] = new Set(sandboxes);
  if (digest === undefined) return;
  if (second !== undefined)
    throw new WmsError('bad-description', 'names two uploaded sandboxes: pack their files into one');
  if (inputFiles.length > 0)
    throw new WmsError(
      'bad-description',
      `names an uploaded sandbox and local files (${inputFiles[0]}): give all files locally or upload all in one`,
    );
  top.inputSandbox = digest;
}
