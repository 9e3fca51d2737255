// The one halt that an agent decides alone: an empty VM that can't reach the centre serves nobody and still costs.

export interface Isolation {
  /** ms, any one clock for both. */
  readonly now: number;
  /** When the centre last answered; the agent's start, before the first answer. */
  readonly lastContactAt: number;
  readonly openAttempts: number;
  /** The profile's, in seconds. */
  readonly isolatedAfterS: number;
}

export function isolatedHalt({ now, lastContactAt, openAttempts, isolatedAfterS }: Isolation): boolean {
  return openAttempts === 0 && now - lastContactAt >= isolatedAfterS * 1000;
}
