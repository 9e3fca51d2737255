// Reads amounts from the command line: plain numbers in the unit of the service, or with a unit of their own.
import { InvalidArgumentError } from 'commander';

const MEMORY: Readonly<Record<string, number>> = { '': 1, m: 1, g: 1024, t: 1024 * 1024 };
const TIME: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** MiB: `2000`, `2000M`, `4G`, `1T`. */
export function parseMemory(text: string): number {
  const found = /^(\d+)\s*([mgt]?)(?:i?b)?$/i.exec(text);
  if (!found) throw new InvalidArgumentError('Give MiB, or a number with M, G or T, e.g. 4G.');
  return Number(found[1]) * MEMORY[found[2]!.toLowerCase()]!;
}

/** Seconds: `90`, `90s`, `15m`, `2h`, `1d`. */
export function parseSeconds(text: string): number {
  const found = /^(\d+)\s*([smhd]?)$/i.exec(text);
  if (!found) throw new InvalidArgumentError('Give seconds, or a number with s, m, h or d, e.g. 2h.');
  return Number(found[1]) * TIME[found[2]!.toLowerCase()]!;
}

export function parseWhole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

export function parseReal(text: string): number {
  if (text.trim() === '' || !Number.isFinite(Number(text))) throw new InvalidArgumentError('Give a number.');
  return Number(text);
}

/** `4`, `2-8`, or `2-` for two and more. */
export function parseProcessors(text: string): number | { min: number; max?: number } {
  const found = /^(\d+)(?:(-)(\d*))?$/.exec(text);
  if (!found) throw new InvalidArgumentError('Give a number of cores or a range, e.g. 4 or 2-8.');
  const [, min, dash, max] = found;
  if (!dash) return Number(min);
  return max ? { min: Number(min), max: Number(max) } : { min: Number(min) };
}

/** For options that may be given several times. */
export function collected(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value];
}
