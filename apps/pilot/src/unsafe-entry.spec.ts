import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsafeEntry } from './unsafe-entry.ts';

describe('an archive entry', () => {
  it.each([
    ['/etc/passwd', 'File', undefined],
    ['../x', 'File', undefined],
    ['a/../../x', 'File', undefined],
    ['a\\..\\x', 'File', undefined],
    ['C:/x', 'File', undefined],
    ['link', 'SymbolicLink', '/etc'],
    ['link', 'SymbolicLink', '..'],
    ['a/link', 'SymbolicLink', '../../x'],
    ['a/link', 'SymbolicLink', 'b/../../..'],
    ['hard', 'Link', '../secret'],
    ['null', 'CharacterDevice', undefined],
    ['pipe', 'FIFO', undefined],
  ])('%s (%s to %s) is refused', (path, type, linkpath) => {
    expect(unsafeEntry({ path, type, linkpath })).toContain(path);
  });

  it.each([
    ['a/b/c.txt', 'File', undefined],
    ['..x/y..', 'File', undefined],
    ['./a/', 'Directory', undefined],
    ['a/b/link', 'SymbolicLink', '../../c'],
    ['./a/link', 'SymbolicLink', '../c'],
    ['hard', 'Link', 'a/b'],
  ])('%s (%s to %s) is taken', (path, type, linkpath) => {
    expect(unsafeEntry({ path, type, linkpath })).toBeUndefined();
  });

  it('that is a link and taken points into the folder', () => {
    const part = fc.constantFrom('..', '.', 'a', 'b');
    fc.assert(
      fc.property(fc.array(part), fc.array(part, { minLength: 1 }), (from, to) => {
        const path = [...from, 'link'].join('/');
        const linkpath = to.join('/');
        if (unsafeEntry({ path, type: 'SymbolicLink', linkpath }) !== undefined) return;
        expect(posix.join('/folder', posix.dirname(path), linkpath)).toMatch(/^\/folder/);
      }),
    );
  });
});
