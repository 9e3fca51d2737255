// Parametric jobs: `Parameters` is a list or a count, and start, step and factor generate numbers; a suffix
// `.Name` makes a named sequence (DIRAC WorkloadManagementSystem/Utilities/ParametricJob.py).
import { WmsError } from '@pilotfish/model';
import { MAX_SWEEP_MEMBERS, UNNAMED } from '../sweep.ts';
import type { Draft, SequenceDraft } from './draft.ts';
import type { JdlValue } from './parse.ts';
import { asInteger, asList, asNumber, asText } from './values.ts';

export const SEQUENCE_ATTRIBUTES = ['Parameters', 'ParameterStart', 'ParameterStep', 'ParameterFactor'] as const;

const KEY = /^parameter(s|start|step|factor)(?:\.(\w+))?$/i;
const LOOP = /^([^:]+):([^:]+)(?::([^:]+))?(?::([^:]+))?$/;

/** The name of the sequence that an attribute belongs to; undefined if it belongs to none. */
export function sequenceOf(attribute: string): string | undefined {
  if (attribute.toLowerCase() === 'parametric') return UNNAMED;
  const match = KEY.exec(attribute);
  return match ? (match[2] ?? UNNAMED) : undefined;
}

export function applySequence(draft: Draft, attribute: string, value: JdlValue): void {
  const name = sequenceOf(attribute)!;
  const sequence: SequenceDraft = draft.sequences.get(name) ?? {};
  const key = KEY.exec(attribute)?.[1]?.toLowerCase();
  if (key === 'start' || key === 'step' || key === 'factor') sequence[key] = asNumber(value);
  else if (sequence.list) throw new WmsError('bad-description', `names the sequence ${name} a second time: rename it`);
  else if (key === undefined) sequence.list = asList(value).flatMap(parametricEntry);
  else if (value.kind === 'list') sequence.list = value.items.map(member);
  else draft.count = countOf(attribute, value);
  draft.sequences.set(name, sequence);
}

/** All sequences written out, or undefined if the job isn't parametric. */
export function settledSequences(draft: Draft): Record<string, (string | number)[]> | undefined {
  if (draft.sequences.size === 0) return undefined;
  const count = draft.count ?? [...draft.sequences.values()].find(({ list }) => list)?.list?.length;
  if (count === undefined)
    throw new WmsError('bad-description', 'has no length: add Parameters = <count>; or Parameters = {"a", "b"};');
  const named = [...draft.sequences].filter(([name, sequence]) => name !== UNNAMED || saysSomething(sequence, draft));
  return Object.fromEntries(named.map(([name, sequence]) => [name, written(name, sequence, count)]));
}

/** A bare count beside named sequences only sets their length. */
function saysSomething(sequence: SequenceDraft, draft: Draft): boolean {
  return draft.sequences.size === 1 || Object.keys(sequence).length > 0;
}

function written(name: string, sequence: SequenceDraft, count: number): (string | number)[] {
  const { list, start = 1, step = 0, factor = 1 } = sequence;
  if (list && list.length !== count)
    throw new WmsError(
      'bad-description',
      `the sequence ${name} has ${list.length} entries but the others ${count}: make all equally long`,
    );
  if (list) return [...list];
  const values = [start];
  while (values.length < count) values.push(values.at(-1)! * factor + step);
  if (!values.every(Number.isFinite))
    throw new WmsError('bad-description', `the sequence ${name} outgrows all numbers: lower its ParameterFactor`);
  return values;
}

function countOf(attribute: string, value: JdlValue): number {
  const count = asInteger(value);
  if (attribute.includes('.'))
    throw new WmsError('bad-description', 'must be a list: give the count once, as Parameters = <count>;');
  if (count < 1 || count > MAX_SWEEP_MEMBERS)
    throw new WmsError('bad-description', `must be from 1 to ${MAX_SWEEP_MEMBERS}: split the submission`);
  return count;
}

/** A number stays one only if printing it gives the same text (007 must stay 007). */
function member(value: JdlValue): string | number {
  if (value.kind === 'list')
    throw new WmsError(
      'bad-description',
      'an entry that is a list has no place in a parameter: give one named sequence per element (Parameters.A, …)',
    );
  const text = asText(value);
  return value.kind === 'number' && String(value.value) === text ? value.value : text;
}

/** dsub's `Parametric`: a value, or a loop `start:stop[:step[:factor]]` without its stop (Interfaces/scripts/dsub.py). */
function parametricEntry(entry: string): (string | number)[] {
  const numbers = LOOP.exec(entry)
    ?.slice(1)
    .map((part) => (part === undefined ? 1 : Number(part)));
  if (!numbers?.every(Number.isFinite)) return [entry];
  const [start, stop, step, factor] = numbers as [number, number, number, number];
  const sign = start < stop ? 1 : -1;
  const values: number[] = [];
  for (let value = start; (value - stop) * sign < 0; value = value * factor + step) {
    const stuck = values.length > 0 && (value - values.at(-1)!) * sign <= 0;
    if (stuck || values.length >= MAX_SWEEP_MEMBERS)
      throw new WmsError('bad-description', `the loop ${entry} doesn't reach its stop: correct the step`);
    values.push(value);
  }
  return values;
}
