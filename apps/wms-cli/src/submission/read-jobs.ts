// Finds out what to submit: a command after `--`, description files, or a description or script on stdin.
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type ParsedJob, parseDescriptions } from '@pilotfish/job-description';
import type { CliContext } from '../cli-context.ts';
import { usageError } from '../usage-error.ts';

/** `folders`: where its local files are looked for, in order. */
export interface FoundJob extends ParsedJob {
  readonly folders: readonly string[];
}

const STDIN = '-';
const NAMED_FORMAT = /\.(jdl|ya?ml|json)$/i;

/** `command`: what stands after `--`, undefined without it. */
export async function readJobs(
  files: readonly string[],
  command: readonly string[] | undefined,
  context: Pick<CliContext, 'cwd' | 'io'>,
): Promise<FoundJob[]> {
  if (command !== undefined) {
    if (files.length > 0) throw usageError(`give either files or a command after --, not both (${files[0]})`);
    return [commandJob(command, context.cwd)];
  }
  const sources = files.length > 0 || context.io.stdinIsTTY ? files : [STDIN];
  if (sources.length === 0)
    throw usageError('nothing to submit: name a file, pipe a description or script in, or write -- and a command');
  const jobs: FoundJob[] = [];
  for (const source of sources) jobs.push(...(await jobsOf(source, context)));
  return jobs;
}

function commandJob([executable, ...args]: readonly string[], cwd: string): FoundJob {
  if (!executable) throw usageError('write the command to run after --');
  const name = basename(executable).slice(0, 128) || 'job';
  return { description: { name, executable, arguments: args }, inputFiles: [], folders: [cwd] };
}

async function jobsOf(source: string, { cwd, io }: Pick<CliContext, 'cwd' | 'io'>): Promise<FoundJob[]> {
  const isStdin = source === STDIN;
  const path = resolve(cwd, source);
  const text = isStdin ? await io.readStdin() : await readDescription(path, source);
  const folders = isStdin ? [cwd] : [...new Set([cwd, dirname(path)])];
  return parseDescriptions(text, hintOf(text, isStdin ? '' : source)).map((job) => ({ ...job, folders }));
}

/** Lines `#JDL` make a script of what would else be read as something with comments. */
function hintOf(text: string, name: string): string {
  const isScript = /^#JDL\s/m.test(text) && !NAMED_FORMAT.test(name) && !text.startsWith('#!');
  return isScript ? 'script' : name;
}

async function readDescription(path: string, source: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw usageError(`there is no file ${source}; to run a command put -- before it`);
    throw error;
  });
}
