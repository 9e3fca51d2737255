// The one catalogue of errors that cross a boundary; the API maps each code to a status, nobody else invents one.

export const ERROR_CODES = [
  'bad-request',
  'bad-description',
  'can-never-run',
  'unauthenticated',
  'forbidden',
  'not-found',
  'unknown-profile',
  'unknown-vo',
  'already-exists',
  'illegal-state',
  'stale-attempt',
  'activation-refused',
  'vm-locked',
  'wrong-vo',
  'too-large',
  'digest-mismatch',
  'idempotency-conflict',
  'idempotency-in-flight',
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Where in the input something is wrong (`pointer`: RFC 6901, or `line N` of a text) and what to do about it. */
export interface Flaw {
  readonly pointer: string;
  readonly detail: string;
}

/** A promise that can't be kept. `message` says what to do; it is shown to the caller, so it holds no secret. */
export class WmsError extends Error {
  override readonly name = 'WmsError';
  readonly code: ErrorCode;
  readonly flaws: readonly Flaw[];

  constructor(code: ErrorCode, message: string, flaws: readonly Flaw[] = []) {
    super(message);
    this.code = code;
    this.flaws = flaws;
  }
}
