import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePattern } from './glob.ts';

function matches(pattern: string, name: string): boolean {
  const [part] = parsePattern(pattern);
  return typeof part === 'function' ? part(name) : part === name;
}

describe('a name pattern', () => {
  it.each([
    ['*.dat', 'a.dat', true],
    ['*.dat', '.a.dat', false],
    ['.*', '.a', true],
    ['?', 'ab', false],
    ['x[0-9].log', 'x7.log', true],
    ['x[!0-9].log', 'x7.log', false],
    ['a+(b)*', 'a+(b)c', true],
    ['[', '[', true],
    ['a[]', 'a[]', true],
    ['*\n*', 'a\nb', true],
  ])('%j and %j: %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  it('without wildcards means exactly itself', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/[*?[/]/.test(text) && text !== '.');
    fc.assert(
      fc.property(name, (text) => {
        expect(parsePattern(text)).toEqual([text]);
      }),
    );
  });

  it('never breaks on odd text', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (pattern, name) => void matches(pattern, name)));
  });
});
