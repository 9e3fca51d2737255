/** The value below which `share` (0 to 1) of the numbers lie, nearest rank; NaN of none. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1]!;
}

export interface Spread {
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** Of durations in ms, in any order; null for what none tells. */
export function spreadOf(durations: readonly number[]): Spread | Record<keyof Spread, null> {
  if (durations.length === 0) return { p50_ms: null, p95_ms: null, p99_ms: null, max_ms: null };
  const sorted = Float64Array.from(durations).sort();
  const at = (share: number) => rounded(quantile(sorted, share), 2);
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99), max_ms: at(1) };
}

export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
