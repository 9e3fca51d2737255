// A sweep makes many jobs of one description: `%s` and `%(name)s` give the parameter, `%n` the index. `%j`, the job's
// id, is known only to the server (DIRAC WorkloadManagementSystem/Utilities/ParametricJob.py).
import { type JobDescription, type JobDescriptionInput, jobDescription } from '@pilotfish/api-contract';
import type { Flaw } from '@pilotfish/model';
import { badDescription } from './bad-description.ts';
import { nearest } from './did-you-mean.ts';
import { mapStrings, placeholdersIn } from './placeholders.ts';
import { jsonPointer, schemaFlaws } from './schema-flaws.ts';

export const MAX_SWEEP_MEMBERS = 100_000;
/** The sequence that `%s` means; without it `%s` means the only sequence there is. */
export const UNNAMED = 's';

type Sequences = Readonly<Record<string, readonly (string | number)[]>>;
type Replacements = ReadonlyMap<string, string>;

/**
 * The members in order, each without `sweep`; the description itself if it has none. `%n` counts from 0 and is padded
 * with zeros to the width of the last index, as in DIRAC; a name without a placeholder gets `_<index>`.
 */
export function expandSweep(description: JobDescription): JobDescription[] {
  const { sweep, ...template } = description;
  if (!sweep) return [description];
  const { parameters } = sweep;
  const count = memberCount(parameters);
  refuseTypingErrors(template, Object.keys(parameters));
  const named = placeholdersIn(template.name).length > 0 ? template.name : `${template.name}_%n`;
  return Array.from({ length: count }, (_, index) => {
    const member = replaceAll({ ...template, name: named }, replacements(parameters, index, count));
    return checkedMember(member, index);
  });
}

/** Puts the job's id in place of every `%j`. */
export function substituteJobId(description: JobDescription, id: number): JobDescription {
  const { sweep, ...rest } = description;
  const replaced = mapStrings(rest, (text) => text.replaceAll('%j', String(id))) as JobDescription;
  return sweep ? { ...replaced, sweep } : replaced;
}

/** Names of local files with every member's values filled in, for one sandbox that serves all members. */
export function expandFiles(files: readonly string[], sweep: JobDescriptionInput['sweep']): string[] {
  if (!sweep || files.every((file) => placeholdersIn(file).length === 0)) return [...new Set(files)];
  const count = memberCount(sweep.parameters);
  const expanded = Array.from({ length: count }, (_, index) =>
    replaceAll(files, replacements(sweep.parameters, index, count)),
  );
  return [...new Set(expanded.flat())];
}

function memberCount(parameters: Sequences): number {
  const count = Math.max(0, ...Object.values(parameters).map((list) => list.length));
  const flaw = (detail: string) => badDescription('the sweep', [{ pointer: '/sweep/parameters', detail }]);
  if (count === 0) throw flaw('has no values: add a list, or remove the sweep');
  if (count > MAX_SWEEP_MEMBERS)
    throw flaw(`makes ${count} jobs, at most ${MAX_SWEEP_MEMBERS} are allowed: split the submission`);
  return count;
}

function replacements(parameters: Sequences, index: number, count: number): Replacements {
  const values = new Map<string, string>();
  for (const [name, list] of Object.entries(parameters)) values.set(`%(${name})s`, String(list[index] ?? ''));
  const [only, ...others] = values.values();
  const plain = values.get(`%(${UNNAMED})s`) ?? (others.length === 0 ? only : undefined);
  if (plain !== undefined) values.set('%s', plain);
  return values.set('%n', String(index).padStart(String(count - 1).length, '0'));
}

/** One pass, so that a value which looks like a placeholder isn't replaced again. */
function replaceAll<T>(value: T, replacements: Replacements): T {
  return mapStrings(value, (text) =>
    text.replace(/%s|%n|%\(\w+\)s/g, (placeholder) => replacements.get(placeholder) ?? placeholder),
  );
}

/** A parameter may break a rule that the template kept, e.g. lead a file out of the job's folder. */
function checkedMember(member: Omit<JobDescription, 'sweep'>, index: number): JobDescription {
  const checked = jobDescription.safeParse(member);
  if (checked.success) return checked.data;
  const flaws = schemaFlaws(member).map(({ path, detail }) => ({
    pointer: jsonPointer(path),
    detail: `${detail} (in member ${index} of the sweep)`,
  }));
  throw badDescription('the sweep', flaws);
}

/** `%(naem)s` is refused where `name` is a parameter; other text of that form isn't ours and stays. */
function refuseTypingErrors(template: unknown, names: readonly string[]): void {
  const flaws: Flaw[] = [];
  mapStrings(template, (text, path) => {
    for (const placeholder of placeholdersIn(text)) {
      const name = /^%\((\w+)\)s$/.exec(placeholder)?.[1];
      const meant = name === undefined || names.includes(name) ? undefined : nearest(name, names);
      if (meant) flaws.push({ pointer: jsonPointer(path), detail: `${placeholder}: did you mean %(${meant})s?` });
    }
    return text;
  });
  if (flaws.length > 0) throw badDescription('the sweep', flaws);
}
