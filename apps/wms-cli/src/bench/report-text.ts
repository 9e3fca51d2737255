/** A report for people: a line per figure, those that belong together indented below their name. */
export function reportText(report: Readonly<Record<string, unknown>>): string {
  return `${lines(report, '').join('\n')}\n`;
}

function lines(part: Readonly<Record<string, unknown>>, indent: string): string[] {
  const known = Object.entries(part).filter(([, value]) => value !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  return known.flatMap(([name, value]) => {
    if (isPart(value)) return [`${indent}${readable(name)}`, ...lines(value, `${indent}  `)];
    if (Array.isArray(value) && value.some(isPart))
      return [`${indent}${readable(name)}`, ...value.map((each) => `${indent}  ${row(each)}`)];
    return [`${indent}${readable(name).padEnd(width + 2)}${shown(value)}`];
  });
}

const isPart = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readable = (name: string): string => name.replaceAll('_', ' ');
const row = (part: unknown): string => (isPart(part) ? Object.values(part).map(shown).join('  ') : shown(part));

function shown(value: unknown): string {
  if (value === null) return '-';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ');
  return typeof value === 'number' ? value.toLocaleString('en') : String(value);
}
