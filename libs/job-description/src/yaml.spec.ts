import { WmsError } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDescriptions } from './parse-descriptions.ts';
import { parseYaml } from './yaml.ts';

function flawsOf(step: () => unknown): readonly { pointer: string; detail: string }[] {
  try {
    step();
  } catch (error) {
    if (error instanceof WmsError && error.code === 'bad-description') return error.flaws;
    throw error;
  }
  return [];
}

describe('parseYaml', () => {
  it('reads YAML and JSON alike', () => {
    const expected = {
      description: { executable: 'run.sh', resources: { processors: { min: 2, max: 4 } } },
      inputFiles: ['run.sh'],
    };
    expect(parseYaml('executable: run.sh\ninputFiles: [run.sh]\nresources:\n  processors: {min: 2, max: 4}\n')).toEqual(
      expected,
    );
    expect(
      parseYaml(
        '{\n\t"executable": "run.sh",\n\t"inputFiles": ["run.sh"],\n\t"resources": {"processors": {"min": 2, "max": 4}}\n}',
      ),
    ).toEqual(expected);
  });

  it('gives line, path and fix of every flaw', () => {
    const text = [
      'name: 5',
      'resources:',
      '  cores: 4',
      '  procesors: 2',
      '  memoryMb: lots',
      'arguments: one',
      'environment: {1a: x}',
      'inputFiles: one.txt',
      'inputSandbox: abc',
      'credential: maybe',
      'stdout:',
      'priority: 11',
    ].join('\n');
    expect(flawsOf(() => parseYaml(text))).toEqual(
      expect.arrayContaining([
        { pointer: 'line 1, /name', detail: 'must be text: write "5" in quotes' },
        { pointer: 'line 3, /resources/cores', detail: expect.stringContaining('known are processors') },
        { pointer: 'line 4, /resources/procesors', detail: 'is unknown: did you mean processors?' },
        { pointer: 'line 5, /resources/memoryMb', detail: 'must be a number, not "lots"' },
        { pointer: 'line 6, /arguments', detail: 'must be a list, not "one"' },
        { pointer: 'line 7, /environment/1a', detail: expect.stringContaining('rename it') },
        { pointer: 'line 8, /inputFiles', detail: expect.stringContaining('list of file names') },
        { pointer: 'line 9, /inputSandbox', detail: expect.stringContaining('upload it first') },
        { pointer: 'line 10, /credential', detail: 'must be "none" or "proxy" or "token"' },
        { pointer: 'line 11, /stdout', detail: 'has no value: give one or remove it' },
        { pointer: 'line 12, /priority', detail: 'must be at most 10' },
        { pointer: 'line 1, /executable', detail: 'is missing: add it' },
      ]),
    );
  });

  it('names the line of broken YAML and refuses several jobs, bombs and deep nesting', () => {
    expect(flawsOf(() => parseYaml('executable: "x\nname: y'))[0]?.pointer).toMatch(/^line \d+$/);
    expect(flawsOf(() => parseYaml('a: 1\na: 2'))[0]).toMatchObject({ pointer: 'line 2' });
    expect(flawsOf(() => parseYaml('executable: a\n---\nexecutable: b'))[0]?.detail).toContain('2 descriptions');
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((key, index) => {
        const before = 'abcdefgh'[index];
        return `${key}: &${key} [${Array(9).fill(`*${before}`).join(',')}]`;
      }),
    ].join('\n');
    expect(flawsOf(() => parseYaml(bomb))).not.toEqual([]);
    expect(flawsOf(() => parseYaml('['.repeat(20_000)))).not.toEqual([]);
    expect(flawsOf(() => parseYaml(''))).toHaveLength(1);
  });
});

describe('parseDescriptions', () => {
  const kinds = (text: string, hint?: string) => parseDescriptions(text, hint).map(({ description }) => description);

  it('tells the formats apart', () => {
    const one = [{ executable: 'a' }];
    expect(kinds('Executable = "a";')).toEqual(one);
    expect(kinds('# c\n/* d */ [ // e\n Executable = "a" ]')).toEqual(one);
    expect(kinds('# c\nexecutable: a')).toEqual(one);
    expect(kinds('{"executable": "a"}')).toEqual(one);
    expect(kinds('#!/bin/sh\n#JDL JobName = x\n', 'dir/go.sh')).toEqual([{ executable: 'go.sh', name: 'x' }]);
    expect(kinds('executable: a', 'jobs.yaml')).toEqual(one);
    expect(kinds('executable: a', 'application/json')).toEqual(one);
  });

  it('reads several documents and lists', () => {
    const two = [{ executable: 'a' }, { executable: 'b' }];
    expect(kinds('executable: a\n---\nexecutable: b\n---\n')).toEqual(two);
    expect(kinds('[{"executable": "a"}, {"executable": "b"}]')).toEqual(two);
    expect(flawsOf(() => kinds('- executable: a\n- executable: 1'))).toEqual([
      { pointer: 'line 2, /1/executable', detail: 'must be text: write "1" in quotes' },
    ]);
  });

  it('throws nothing but bad-description on any text', () => {
    const piece = fc.constantFrom(
      ...['executable', 'sweep', 'inputFiles', ': ', '- ', '\n', ' ', '{', '}', '[', ']', '&a', '*a', '!!x', '|', '>'],
      ...['"', "'", '#', '---', '1', 'null', '<<', '? ', '%', '#!', '#JDL ', '=', ';', '__proto__', '\t', '@'],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (any) => void flawsOf(() => parseDescriptions(any))),
      { numRuns: 1000 },
    );
  });
});
