// Proves that every rule bites: the bad tree breaks each one once, on the line marked `breaks: <rule>`.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULES } from './rules.ts';
import { readTree } from './tree.ts';

const root = join(import.meta.dirname, 'bad-tree');
const tree = readTree(root);

/** `rule at file:line` for every marker in the bad tree. */
function markers(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile())
    .flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .flatMap((text, at) => {
          const rule = /breaks: ([a-z-]+)/.exec(text)?.[1];
          return rule === undefined ? [] : [`${rule} at ${relative(root, path)}:${at + 1}`];
        }),
    )
    .sort();
}

describe('the bad tree', () => {
  it('marks one violation of every rule', () => {
    const marked = markers().map((marker) => marker.split(' ')[0]);
    expect(marked).toEqual(Object.keys(RULES).sort());
  });

  it('is reported exactly where it is marked', () => {
    const reported = Object.entries(RULES).flatMap(([name, rule]) =>
      rule(tree).map(({ file, line }) => `${name} at ${file}:${line}`),
    );
    expect(reported.sort()).toEqual(markers());
  });
});
