// The exit statuses of `wms`, and the one a job gives to those who wait for it.

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  unauthenticated: 3,
  noAnswer: 4,
  /** As timeout(1). */
  timedOut: 124,
} as const;

interface EndedJob {
  readonly state: string;
  readonly exitCode: number | null;
}

/** 0 when Done; the job's own code (1–255) when it Failed with one; 1 otherwise. */
export function jobExitStatus({ state, exitCode }: EndedJob): number {
  if (state === 'Done') return EXIT.ok;
  const hasOwn = state === 'Failed' && exitCode !== null && exitCode >= 1 && exitCode <= 255;
  return hasOwn ? exitCode : EXIT.failed;
}
