// Reads YAML or JSON of the canonical form. JSON is read as YAML 1.2, whose subset it is, so both get line numbers.
import type { JobDescriptionInput } from '@pilotfish/api-contract';
import type { Flaw } from '@pilotfish/model';
import { type Document, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { badDescription, byLine } from './bad-description.ts';
import type { ParsedJob } from './parsed-job.ts';
import { jsonPointer, type SchemaFlaw, schemaFlaws } from './schema-flaws.ts';
import { expandFiles } from './sweep.ts';

const WHAT = 'the job description';
const inputFiles = z.array(z.string().min(1)).default([]);

type Path = readonly PropertyKey[];
type Locate = (path: Path) => number;

/** Reads one description; throws `bad-description` with pointers `line N, /path`. */
export function parseYaml(text: string): ParsedJob {
  const [job, ...others] = parseYamlJobs(text);
  if (job && others.length === 0) return job;
  const detail = `holds ${others.length + 1} descriptions where one is expected: submit it as a batch`;
  throw badDescription(WHAT, [{ pointer: 'line 1', detail }]);
}

/** Reads several: documents parted by `---`, or a list at the top; a document that is empty is left out. */
export function parseYamlJobs(text: string): ParsedJob[] {
  const lines = new LineCounter();
  const documents = documentsOf(text, lines);
  const flaws: Flaw[] = [];
  const jobs = documents.flatMap((document) => jobsOf(document, lines, flaws));
  if (flaws.length > 0) throw badDescription(WHAT, flaws.sort(byLine));
  if (jobs.length === 0)
    throw badDescription(WHAT, [{ pointer: 'line 1', detail: 'is empty: give at least "executable: <command>"' }]);
  return jobs;
}

function documentsOf(text: string, lineCounter: LineCounter): Document[] {
  try {
    return [...parseAllDocuments(text, { lineCounter, prettyErrors: false })];
  } catch (error) {
    // Text that nests deeper than the stack reaches.
    throw badDescription(WHAT, [{ pointer: 'line 1', detail: `can't be read as YAML: ${messageOf(error)}` }]);
  }
}

function jobsOf(document: Document, lines: LineCounter, flaws: Flaw[]): ParsedJob[] {
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    for (const { pos, message } of broken)
      flaws.push({ pointer: `line ${lines.linePos(pos[0]).line}`, detail: `is no valid YAML: ${message}` });
    return [];
  }
  const locate: Locate = (path) => lines.linePos(offsetOf(document.contents, path)).line;
  const value = plainValue(document, flaws);
  if (value === null || value === undefined) return [];
  const items = Array.isArray(value) ? value.map((item: unknown, index) => ({ item, at: [index] })) : undefined;
  return (items ?? [{ item: value, at: [] }]).map(({ item, at }) => jobOf(item, at, locate, flaws));
}

function plainValue(document: Document, flaws: Flaw[]): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    flaws.push({ pointer: 'line 1', detail: `can't be read as YAML: ${messageOf(error)}` });
    return undefined;
  }
}

function jobOf(item: unknown, at: Path, locate: Locate, flaws: Flaw[]): ParsedJob {
  const { files, rest } = withoutFiles(item);
  const found: SchemaFlaw[] = schemaFlaws(rest);
  const checkedFiles = inputFiles.safeParse(files);
  if (!checkedFiles.success)
    found.push({ path: ['inputFiles'], detail: 'must be a list of file names: write inputFiles: [a.txt, b.txt]' });
  for (const { path, detail } of found) {
    const pointer = jsonPointer([...at, ...path]);
    flaws.push({ pointer: `line ${locate([...at, ...path])}${pointer && `, ${pointer}`}`, detail });
  }
  if (found.length > 0) return { description: { executable: '' }, inputFiles: [] };
  // Found free of flaws above.
  const description = rest as JobDescriptionInput;
  return { description, inputFiles: expandFiles(checkedFiles.data ?? [], description.sweep) };
}

function withoutFiles(item: unknown): { files: unknown; rest: unknown } {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return { files: undefined, rest: item };
  const { inputFiles: files, ...rest } = item as Record<string, unknown>;
  return { files, rest };
}

/** Where the deepest existing part of `path` begins in the text. */
function offsetOf(contents: unknown, path: Path): number {
  let node = contents;
  let offset = rangeStart(node) ?? 0;
  for (const part of path) {
    const step = stepInto(node, part);
    if (!step) break;
    offset = step.offset ?? offset;
    node = step.node;
  }
  return offset;
}

function stepInto(node: unknown, part: PropertyKey): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { node: item, offset: rangeStart(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part));
  return pair && { node: pair.value, offset: rangeStart(pair.key) };
}

function rangeStart(node: unknown): number | undefined {
  return (node as { range?: readonly number[] | null } | null)?.range?.[0];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
