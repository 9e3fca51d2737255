// The workspace keeps the rules of ARCHITECTURE.md; a failure lists each place as file:line.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULES } from './rules.ts';
import { readTree } from './tree.ts';

const tree = readTree(join(import.meta.dirname, '../..'));

describe('the architecture of the workspace', () => {
  it('has projects and files to look at', () => {
    expect(tree.projects.length).toBeGreaterThan(10);
    expect(tree.files.length).toBeGreaterThan(10);
  });

  it.each(Object.entries(RULES))('keeps the rule %s', (name, rule) => {
    const broken = rule(tree).map(({ file, line, message }) => `${file}:${line}  ${message}`);
    if (broken.length > 0) expect.fail(`rule “${name}” is broken at\n  ${broken.join('\n  ')}\n`);
  });
});
