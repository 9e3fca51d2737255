// Finds placeholders and walks the strings that may hold them. The VO is left alone: rights were checked against it.
const PLACEHOLDER = /%s|%n|%\(\w+\)s/g;
const FIXED = new Set(['apiVersion', 'kind', 'vo', 'inputSandbox']);

export function placeholdersIn(text: string): string[] {
  return text.match(PLACEHOLDER) ?? [];
}

/** The same value with every string replaced; keys stay, and parts without a change are shared with the original. */
export function mapStrings<T>(
  value: T,
  replace: (text: string, path: readonly PropertyKey[]) => string,
  path: readonly PropertyKey[] = [],
): T {
  return mapped(value, replace, path) as T;
}

function mapped(
  value: unknown,
  replace: (text: string, path: readonly PropertyKey[]) => string,
  path: readonly PropertyKey[],
): unknown {
  if (typeof value === 'string') return value.includes('%') ? replace(value, path) : value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => mapped(item, replace, [...path, index]));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    path.length === 0 && FIXED.has(key) ? item : mapped(item, replace, [...path, key]),
  ]);
  return Object.fromEntries(entries);
}
