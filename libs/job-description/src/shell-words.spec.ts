import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellWords } from './shell-words.ts';

it('splits as a shell does', () => {
  expect(shellWords(`a  'b c'"d e"\\ f "" "x\\"y\\z" it\\'s`)).toEqual(['a', 'b cd e f', '', 'x"y\\z', "it's"]);
  expect(shellWords('   ')).toEqual([]);
  expect(() => shellWords(`it's`)).toThrow(/closed/);
  expect(() => shellWords('"a')).toThrow(/closed/);
});

it('gives back any words that were quoted', () => {
  const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  fc.assert(
    fc.property(fc.array(fc.string()), (words) => {
      expect(shellWords(words.map(quote).join(' '))).toEqual(words);
    }),
  );
});
