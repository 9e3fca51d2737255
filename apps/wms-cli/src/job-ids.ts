// Job ids as people type them.
import { InvalidArgumentError } from 'commander';

const MOST = 10_000;

/** `7`, `7,9` and `7-12`, each as often as wanted; for commander's variadic arguments. */
export function collectJobIds(text: string, before: readonly number[] | undefined): number[] {
  const ids = [...(before ?? []), ...text.split(',').flatMap(oneOrRange)];
  if (ids.length > MOST) throw new InvalidArgumentError(`That is more than ${MOST} jobs: use --group or --state.`);
  return [...new Set(ids)];
}

export function parseJobId(text: string): number {
  const id = Number(text);
  if (!/^\d{1,15}$/.test(text) || id === 0) throw new InvalidArgumentError('A job id is a number, e.g. 12.');
  return id;
}

function oneOrRange(text: string): number[] {
  const range = /^(\d{1,15})-(\d{1,15})$/.exec(text);
  if (!range) return [parseJobId(text)];
  const [first, last] = [parseJobId(range[1]!), parseJobId(range[2]!)];
  if (first > last || last - first >= MOST)
    throw new InvalidArgumentError(`${text} is no range of at most ${MOST} jobs.`);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
