import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCloudConfig, shellScript } from './cloud-config.ts';

describe('parseCloudConfig', () => {
  it('fills in what cloud-init would, and ignores what it does not know', () => {
    const text = '#cloud-config\nhostname: a\nnew_key: [1]\nwrite_files:\n  - path: /a\n    content: "x"\n';
    expect(parseCloudConfig(text)).toEqual({
      packages: [],
      runcmd: [],
      write_files: [{ path: '/a', content: 'x', permissions: '0644', encoding: 'text/plain', append: false }],
    });
  });

  it.each([
    ['a script', '#!/bin/sh\n'],
    ['a relative path', '#cloud-config\nwrite_files: [{path: a}]\n'],
    ['an unknown encoding', '#cloud-config\nwrite_files: [{path: /a, encoding: gz+b64}]\n'],
    ['a mode that is a number', '#cloud-config\nwrite_files: [{path: /a, permissions: 0644}]\n'],
    ['broken YAML', '#cloud-config\na: "\n'],
    ['nothing', ''],
  ])('refuses %s', (_what, text) => {
    expect(() => parseCloudConfig(text)).toThrow(expect.objectContaining({ failure: 'refused' }));
  });
});

describe('shellScript', () => {
  it('runs strings by the shell and lists as they are', () => {
    const script = shellScript(['printf "%s|" $((1 + 1))', ['printf', '%s|', '$((1 + 1))', "it's"]]);
    expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe("2|$((1 + 1))|it's|");
  });

  it('hands every word of a list over unchanged', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(word, (text) => {
        const script = shellScript([['printf', '%s.', text]]);
        expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(`${text}.`);
      }),
      { numRuns: 30 },
    );
  });
});
