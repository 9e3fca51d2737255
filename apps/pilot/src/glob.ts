// Output patterns as the shell and Python's glob read them: * ? [..] within a name, ** over folders. A name that
// starts with a dot is matched only by a pattern that starts with one.

export type NamePattern = (name: string) => boolean;

/** The parts of a pattern: a literal name, a test of one name, or `**`. */
export type PatternPart = string | NamePattern;

export function parsePattern(pattern: string): PatternPart[] {
  return pattern
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (part === '**' || !/[*?[]/.test(part) ? part : namePattern(part)));
}

function namePattern(part: string): NamePattern {
  const test = new RegExp(`^${regexOf(part)}$`, 's');
  const hidden = part.startsWith('.');
  return (name) => test.test(name) && (hidden || !name.startsWith('.'));
}

function regexOf(part: string): string {
  return part.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (token, negated: string, set: string | undefined) => {
    if (set !== undefined) return `[${negated ? '^' : ''}${set.replace(/[\\^[]/g, '\\$&')}]`;
    if (token === '*') return '.*';
    if (token === '?') return '.';
    return token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
}
