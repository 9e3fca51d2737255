// Turns what zod found into sentences that name the fix, with the path where each belongs.
import { jobDescription, jobRequirements, jobResources, sweep } from '@pilotfish/api-contract';
import type { z } from 'zod';
import { MAX_FLAWS } from './bad-description.ts';
import { didYouMean } from './did-you-mean.ts';

export interface SchemaFlaw {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

type Issue = z.core.$ZodIssue;

/** Keys that may stand at a path, for suggestions. */
const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(jobDescription.shape),
  '/resources': Object.keys(jobResources.shape),
  '/resources/processors': ['min', 'max'],
  '/requirements': Object.keys(jobRequirements.shape),
  '/sweep': Object.keys(sweep.shape),
};

/** RFC 6901. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** All that keeps `input` from being a job description; empty when it is one. */
export function schemaFlaws(input: unknown): SchemaFlaw[] {
  const checked = jobDescription.safeParse(input);
  return checked.success ? [] : checked.error.issues.slice(0, MAX_FLAWS).flatMap((issue) => flawsOf(issue, input));
}

function flawsOf(issue: Issue, input: unknown): SchemaFlaw[] {
  if (issue.code === 'unrecognized_keys') {
    const known = KNOWN_KEYS[jsonPointer(issue.path)] ?? [];
    return issue.keys
      .slice(0, MAX_FLAWS)
      .map((key) => ({ path: [...issue.path, key], detail: `is unknown: ${didYouMean(key, known)}` }));
  }
  return [{ path: issue.path, detail: detailOf(issue, valueAt(input, issue.path)) }];
}

function detailOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeDetail(issue.expected, value);
    case 'invalid_union':
      return 'must be a whole number from 1 to 1024, or a range {min, max}';
    case 'too_big':
      return `must be at most ${amount(issue.origin, issue.maximum)}`;
    case 'too_small':
      return Number(issue.minimum) === 1 && issue.origin !== 'number'
        ? 'must not be empty: give a value or remove it'
        : `must be at least ${amount(issue.origin, issue.minimum)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((allowed) => JSON.stringify(allowed)).join(' or ')}`;
    case 'invalid_key':
      return 'must be a name of letters, digits and _ that starts with no digit: rename it';
    default:
      return issue.message;
  }
}

function typeDetail(expected: string, value: unknown): string {
  if (value === undefined) return 'is missing: add it';
  if (value === null) return 'has no value: give one or remove it';
  if (expected === 'string') return `must be text: write ${JSON.stringify(String(value))} in quotes`;
  if (expected === 'int') return `must be a whole number, not ${shown(value)}`;
  if (expected === 'array') return `must be a list, not ${shown(value)}`;
  if (expected === 'object' || expected === 'record') return `must be an object with named fields, not ${shown(value)}`;
  return `must be a ${expected}, not ${shown(value)}`;
}

function amount(origin: string, bound: number | bigint): string {
  if (origin === 'string') return `${bound} characters long`;
  if (origin === 'array') return `${bound} entries long`;
  return String(bound);
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
