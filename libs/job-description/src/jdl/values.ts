// Reads JDL values as the type an attribute wants. Each reader throws `bad-description` with what to write instead.
import { WmsError } from '@pilotfish/model';
import type { JdlValue } from './parse.ts';

function refuse(detail: string): never {
  throw new WmsError('bad-description', detail);
}

export function asText(value: JdlValue): string {
  return value.kind === 'list' ? refuse('must be one value, not a list: remove the braces') : value.text;
}

export function asNumber(value: JdlValue): number {
  const text = asText(value).trim();
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : refuse(`must be a number, not "${text}"`);
}

export function asInteger(value: JdlValue): number {
  const number = asNumber(value);
  return Number.isSafeInteger(number) ? number : refuse(`must be a whole number, not ${number}`);
}

export function asBoolean(value: JdlValue): boolean {
  const text = asText(value).trim().toLowerCase();
  if (text === 'true' || text === 'yes') return true;
  if (text === 'false' || text === 'no') return false;
  return refuse(`must be true or false, not "${text}"`);
}

/** A list, nested ones flattened; text outside braces is cut at its commas, as DIRAC does. Empty entries vanish. */
export function asList(value: JdlValue): string[] {
  const entries =
    value.kind === 'list'
      ? value.items.flatMap((item) => (item.kind === 'list' ? asList(item) : [item.text]))
      : value.text.split(',');
  return entries.map((entry) => entry.trim()).filter((entry) => entry !== '');
}

/** DIRAC's "ANY" stands for no restriction, which is the empty list here. */
export function asChoice(value: JdlValue): string[] {
  const list = asList(value);
  return list.some((entry) => entry.toLowerCase() === 'any') ? [] : list;
}
