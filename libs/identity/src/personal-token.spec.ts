import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashPersonalToken, makePersonalToken } from './personal-token.ts';

it('a new token is known again by its hash, and no two are alike', () => {
  const [one, other] = [makePersonalToken(), makePersonalToken()];
  expect(one.token.reveal()).toMatch(/^pft_[\w-]{49}$/);
  expect(hashPersonalToken(one.token.reveal())).toEqual(one.hash);
  expect(other.hash).not.toEqual(one.hash);
});

it('a token never prints', () => {
  const made = makePersonalToken();
  expect(`${inspect(made)}${JSON.stringify(made)}${made.token}`).not.toContain('pft_');
});

it('any single changed character is a typing mistake', () => {
  const text = makePersonalToken().token.reveal();
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...'aZ0_-'), (at, char) => {
      fc.pre(text[at] !== char);
      expect(hashPersonalToken(text.slice(0, at) + char + text.slice(at + 1))).toBeUndefined();
    }),
  );
});

it('what is not a token has no hash', () => {
  fc.assert(fc.property(fc.string(), (text) => hashPersonalToken(text) === undefined));
  const text = makePersonalToken().token.reveal();
  for (const wrong of ['', text.slice(1), `${text}\n`, ` ${text}`]) expect(hashPersonalToken(wrong)).toBeUndefined();
});
