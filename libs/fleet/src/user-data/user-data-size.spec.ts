import fc from 'fast-check';
import { expect, it } from 'vitest';
import { userDataSize } from './user-data-size.ts';

it('counts bytes, not characters, and the padding of base64', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const raw = Buffer.from(text, 'utf8');
      expect(userDataSize(text)).toEqual({ bytes: raw.length, base64: raw.toString('base64').length });
    }),
  );
});
