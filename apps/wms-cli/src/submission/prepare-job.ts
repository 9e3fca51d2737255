// Makes a description complete: its local files packed, their digest in place, checked before anything is sent.
import { stat } from 'node:fs/promises';
import { isAbsolute, posix } from 'node:path';
import type { JobDescription, JobDescriptionInput } from '@pilotfish/api-contract';
import { checkDescription } from '@pilotfish/job-description';
import { WmsError } from '@pilotfish/model';
import { type PackedSandbox, packSandbox } from '../sandbox/pack.ts';
import { locate, readSandboxFiles, type SandboxFile } from '../sandbox/sandbox-files.ts';
import { type DescriptionOptions, describedJob } from './described-job.ts';
import type { FoundJob } from './read-jobs.ts';

export interface PreparedJob {
  /** What is sent; the service fills in its own defaults. */
  readonly description: JobDescriptionInput;
  /** The same with every default, for people. */
  readonly canonical: JobDescription;
  readonly sandbox: PackedSandbox | undefined;
}

/** Throws `bad-description`, or `not-found` for a local file that isn't there. */
export async function prepareJob(
  job: FoundJob,
  options: DescriptionOptions & { readonly inputFile?: readonly string[] },
): Promise<PreparedJob> {
  const described = describedJob(job.description, options);
  const files = await localFiles(job, described, options.inputFile ?? []);
  if (files.length > 0 && described.inputSandbox)
    throw new WmsError(
      'bad-description',
      'the job names an uploaded sandbox and local files: give all files locally or upload all in one',
    );
  const { executable, packed } = withExecutable(described.executable, files);
  const sandbox = packed.length > 0 ? packSandbox(packed) : undefined;
  const description = { ...described, executable, ...(sandbox ? { inputSandbox: sandbox.digest } : {}) };
  return { description, canonical: checkDescription(description), sandbox };
}

async function localFiles(job: FoundJob, described: JobDescriptionInput, more: readonly string[]) {
  const paths = [...new Set([...job.inputFiles, ...more])];
  const { scriptFile } = job;
  const script = scriptFile
    ? [{ name: scriptFile.name, content: Buffer.from(scriptFile.content), executable: true }]
    : [];
  const program = scriptFile || described.inputSandbox ? undefined : await localProgram(described, job.folders);
  const files = await readSandboxFiles(paths, job.folders);
  const programs = program === undefined ? [] : await readSandboxFiles([program], job.folders);
  return [...script, ...files, ...programs];
}

/** The executable where it is a file of the submitter; an absolute path means a program of the worker node. */
async function localProgram(
  { executable }: JobDescriptionInput,
  folders: readonly string[],
): Promise<string | undefined> {
  if (executable === undefined || isAbsolute(executable)) return undefined;
  const found = await locate(executable, folders);
  return found !== undefined && (await stat(found)).isFile() ? found : undefined;
}

/** An executable that is packed is called by its place in the job's folder and may be run. */
function withExecutable(
  executable: string,
  files: readonly SandboxFile[],
): { executable: string; packed: SandboxFile[] } {
  const names = [posix.normalize(executable), posix.basename(executable)];
  const name = isAbsolute(executable) ? undefined : names.find((one) => files.some((file) => file.name === one));
  if (name === undefined) return { executable, packed: [...files] };
  const packed = files.map((file) => (file.name === name ? { ...file, executable: true } : file));
  return { executable: `./${name}`, packed };
}
