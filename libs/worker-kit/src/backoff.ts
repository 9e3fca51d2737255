// Waits grow exponentially and are drawn from the upper half, so that thousands of VMs don't come back at once.

/** Milliseconds before try number `tries` + 1; `tries` counts from 1. `random` gives [0, 1). */
export function backoffMs(tries: number, maxMs = 15_000, random: () => number = Math.random): number {
  const ceiling = Math.min(maxMs, 200 * 2 ** Math.min(tries, 20));
  return ceiling / 2 + (ceiling / 2) * random();
}
