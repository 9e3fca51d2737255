// When the watchdog ends a payload. DIRAC gives processor time a margin of a fifth (JobWrapper/Watchdog.py).

const CPU_MARGIN = 1.2;

export interface Limits {
  /** 0: none. */
  readonly wallTimeS: number;
  /** Of one processor; 0: none. */
  readonly cpuTimeS: number;
  readonly processors: number;
}

export type Excess = { readonly kind: 'wall-limit' | 'cpu-limit'; readonly limitS: number };

export function excess(wallS: number, cpuS: number, limits: Limits): Excess | undefined {
  if (limits.wallTimeS > 0 && wallS >= limits.wallTimeS) return { kind: 'wall-limit', limitS: limits.wallTimeS };
  const cpuLimitS = limits.cpuTimeS * Math.max(1, limits.processors);
  if (cpuLimitS > 0 && cpuS > cpuLimitS * CPU_MARGIN) return { kind: 'cpu-limit', limitS: cpuLimitS };
  return undefined;
}
