import { type JobDescription, jobDescription } from '@pilotfish/api-contract';
import { badDescription } from './bad-description.ts';
import { jsonPointer, schemaFlaws } from './schema-flaws.ts';

/** The description with every default filled in; throws `bad-description` with RFC 6901 pointers to the flaws. */
export function checkDescription(input: unknown): JobDescription {
  const checked = jobDescription.safeParse(input);
  if (checked.success) return checked.data;
  const flaws = schemaFlaws(input).map(({ path, detail }) => ({ pointer: jsonPointer(path), detail }));
  throw badDescription('the job description', flaws);
}
