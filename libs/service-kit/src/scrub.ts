// Takes out of a log line what must not be in it: values under telling names, and secrets of known looks in any text.
import pino from 'pino';

const SECRET = '[secret]';
const TELLING_NAME =
  /authori[sz]ation|cookie|token|passw(or)?d|passphrase|secret|assertion|credential|(activation|api|private|master|access|server)[-_]?key|^(key|pem|proxy)$/i;
const DEEPEST = 8;

/** A copy fit for a log. Numbers and flags stay whatever their name: `tokens: 3` tells nothing. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '[deep]';
  if (value instanceof Error) return scrubObject(pino.stdSerializers.err(value), depth);
  if (ArrayBuffer.isView(value)) return '[bytes]';
  if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return value;
  if (Array.isArray(value)) return value.map((one) => scrub(one, depth + 1));
  return scrubObject(value, depth);
}

export function scrubText(text: string): string {
  return text
    .replace(/(\/\/[^\s/:@]*):[^\s/@]+@/g, `$1:${SECRET}@`)
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${SECRET}`)
    .replace(/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?(-----END \1-----|$)/g, SECRET);
}

function scrubObject(object: object, depth: number): object {
  const copy: Record<string, unknown> = {};
  // Also inherited getters, which is how the serializer of errors gives its fields.
  for (const name in object) {
    const value = (object as Record<string, unknown>)[name];
    const isPlain = value === null || ['number', 'boolean', 'undefined'].includes(typeof value);
    copy[name] = !isPlain && TELLING_NAME.test(name) ? SECRET : scrub(value, depth + 1);
  }
  return copy;
}
