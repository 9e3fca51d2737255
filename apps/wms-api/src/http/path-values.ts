// What stands in the path of a call, checked: a wrong value is told as such and never reaches the database.
import { type Digest, isDigest, type JobId, type PilotId, WmsError } from '@pilotfish/model';

const WHOLE = /^(0|[1-9]\d{0,15})$/;
const MAX_INTEGER = 2_147_483_647;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Undefined for anything but a whole number in plain digits. */
export function wholeNumber(text: string): number | undefined {
  const value = WHOLE.test(text) ? Number(text) : undefined;
  return value !== undefined && Number.isSafeInteger(value) ? value : undefined;
}

export function jobIdOf(text: string): JobId {
  const id = wholeNumber(text);
  if (id === undefined || id === 0)
    throw new WmsError('bad-request', `${text} is no job id; a job id is a whole number`);
  return id as JobId;
}

export function attemptOf(text: string): number {
  const n = wholeNumber(text);
  if (n === undefined || n === 0 || n > MAX_INTEGER)
    throw new WmsError('bad-request', `${text} is no attempt; attempts are counted from 1`);
  return n;
}

export function offsetOf(text: string): number {
  const offset = wholeNumber(text);
  if (offset === undefined) throw new WmsError('bad-request', `${text} is no byte offset; offsets count from 0`);
  return offset;
}

export function streamNameOf(text: string): 'stdout' | 'stderr' {
  if (text === 'stdout' || text === 'stderr') return text;
  throw new WmsError('not-found', `there is no stream ${text}; the streams are stdout and stderr`);
}

export function pilotIdOf(text: string): PilotId {
  if (!UUID.test(text)) throw new WmsError('bad-request', 'a pilot id is a lower-case UUID');
  return text as PilotId;
}

export function digestOf(text: string): Digest {
  if (!isDigest(text)) throw new WmsError('bad-request', 'a digest reads sha256: and 64 lower-case hexadecimal digits');
  return text;
}

export function nameOf(text: string): string {
  if (!NAME.test(text))
    throw new WmsError('bad-request', `${text} is no name: use 1–63 of a–z, 0–9, dot, dash, underscore`);
  return text;
}
