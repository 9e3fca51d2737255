// How much one call may make of itself: a sweep of a few bytes can stand for any number of large jobs, and is measured
// before it is expanded.
import type { JobDescription } from '@pilotfish/api-contract';
import { WmsError } from '@pilotfish/model';

const MAX_JOBS = 100_000;
const MAX_CHARS = 256 * 1_048_576;

/** Throws WmsError `too-large` when the descriptions together make too many or too large jobs. */
export function refuseTooMuch(descriptions: readonly JobDescription[]): void {
  const jobs = sum(descriptions.map(membersOf));
  if (jobs > MAX_JOBS)
    throw new WmsError('too-large', `${jobs} jobs in one call; at most ${MAX_JOBS} are taken, split it`);
  if (sum(descriptions.map(charsOf)) > MAX_CHARS)
    throw new WmsError(
      'too-large',
      'the jobs of this call are too long all together; split it, or put data in a sandbox',
    );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function membersOf({ sweep }: JobDescription): number {
  return sweep === undefined ? 1 : Math.max(...Object.values(sweep.parameters).map((list) => list.length));
}

/** No more than this when every `%` is a placeholder for the longest value. */
function charsOf(description: JobDescription): number {
  const { sweep, ...template } = description;
  const text = JSON.stringify(template);
  const longest = Object.values(sweep?.parameters ?? {})
    .flat()
    .reduce<number>((most, value) => Math.max(most, String(value).length), 0);
  return membersOf(description) * (text.length + (text.split('%').length - 1) * longest);
}
