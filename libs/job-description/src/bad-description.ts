import { type Flaw, WmsError } from '@pilotfish/model';

/** More than anybody reads; looking for more would let a hostile text keep the server busy. */
export const MAX_FLAWS = 100;

/** The one refusal of this library. The message quotes the first flaw, so that it helps where only it is shown. */
export function badDescription(what: string, flaws: readonly Flaw[]): WmsError {
  const [first] = flaws;
  const more = flaws.length > 1 ? ` (and ${flaws.length - 1} more)` : '';
  const where = first?.pointer ? `${first.pointer}: ` : '';
  const quote = first ? `: ${where}${first.detail}${more}` : '';
  return new WmsError('bad-description', `Correct ${what} and submit it again${quote}`, flaws.slice(0, MAX_FLAWS));
}

/** Order of flaws whose pointers begin with `line N`. */
export function byLine(a: Flaw, b: Flaw): number {
  return lineOf(a) - lineOf(b);
}

function lineOf({ pointer }: Flaw): number {
  return Number(/^line (\d+)/.exec(pointer)?.[1] ?? 0);
}
