// The one halt that the VM decides alone: it is empty and hasn't heard the centre for its profile's time.

/** Times in ms of one clock; `open`: attempts that run or whose outcome isn't accepted yet. */
export function isolatedHalt(now: number, lastContactAt: number, isolatedAfterS: number, open: number): boolean {
  return open === 0 && now - lastContactAt >= isolatedAfterS * 1000;
}
