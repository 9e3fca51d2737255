import type { ParsedJob } from '../parsed-job.ts';
import { parseRecord } from './parse.ts';
import { translate } from './translate.ts';

/**
 * Reads a DIRAC JDL. Memory is in MB; CPUTime and Priority are moved into DIRAC's bounds; what the canonical form has
 * no place for becomes a label `jdl.<Attribute>`. Throws `bad-description` with pointers `line N, <Attribute>`.
 */
export function parseJdl(text: string): ParsedJob {
  return translate(parseRecord(text), 'the JDL');
}
