// How quantities read in a reason: "1 core", "8 cores", "1.5 GiB", "6 h 30 min".

/** `unit` in the singular, with a regular plural. */
export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

export function size(mebibytes: number): string {
  if (mebibytes < 1024) return `${mebibytes} MiB`;
  return `${Math.round((mebibytes / 1024) * 10) / 10} GiB`;
}

/** Whole minutes, rounded down; below one minute, seconds. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  const minutes = Math.floor(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Names for a sentence; `none` when there are none. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
