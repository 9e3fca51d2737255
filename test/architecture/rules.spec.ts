// The finer points of single rules, on trees of a few lines; that each rule bites at all is the bad tree's proof.
import { describe, expect, it } from 'vitest';
import { RULES } from './rules.ts';
import { treeOf } from './tree.ts';

const project = (name: string, layer: string, zone: string, dependencies: readonly string[] = []): string =>
  JSON.stringify({
    name: `@pilotfish/${name}`,
    pilotfish: { layer, zone },
    dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])),
  });

const report = (rule: string, files: Readonly<Record<string, string>>): string[] => {
  const check = RULES[rule];
  if (check === undefined) throw new Error(`no rule ${rule}`);
  return check(treeOf(new Map(Object.entries(files)))).map(({ file, line }) => `${file}:${line}`);
};

const inCore = (text: string) => ({
  'libs/core/package.json': project('core', 'core', 'any'),
  'libs/core/src/a.ts': text,
});

describe('core-globals', () => {
  it.each([
    'Date.now()',
    'new Date()',
    'Date()',
    'Math.random()',
    "Math['random']()",
    'process.pid',
    'setTimeout(f, 1)',
    'globalThis.f',
    '({ fetch })',
    'f(crypto as never)',
  ])('refuses %s', (text) => {
    expect(report('core-globals', inCore(`export const x = ${text};`))).toEqual(['libs/core/src/a.ts:1']);
  });

  it.each(['new Date(5)', 'a.process', '({ console: 1 })', 'Math.max(1, 2)', "'Date.now()'"])('allows %s', (text) => {
    expect(report('core-globals', inCore(`export const x = ${text};`))).toEqual([]);
  });
});

describe('skipped-tests', () => {
  const spec = (text: string) => report('skipped-tests', { 'libs/core/src/a.spec.ts': text });

  it.each(["it.only('x', f)", "describe.skip('x', f)", "it.skipIf(c)('x', f)", "it.todo('x')", 'context.skip()'])(
    'refuses %s',
    (text) => expect(spec(text)).toEqual(['libs/core/src/a.spec.ts:1']),
  );

  it.each(["context.skip('no network')", "context.skip(isOff, 'is off')", 'list.skip(3)'])('allows %s', (text) =>
    expect(spec(text)).toEqual([]),
  );
});

describe('process-env', () => {
  it.each(['const { env } = process;', "import { env } from 'node:process';", "process['env'].A;"])(
    'refuses %s',
    (text) => expect(report('process-env', inCore(text))).toEqual(['libs/core/src/a.ts:1']),
  );
});

describe('cycles', () => {
  const ring = (first: string) => report('cycles', { 'tools/a.ts': first, 'tools/b.ts': "export * from './a.ts';" });

  it('counts what is there at run time, an inline type import included', () => {
    expect(ring("import { type B } from './b.ts';")).toHaveLength(1);
  });

  it.each(["import type { B } from './b.ts';", "const b = () => import('./b.ts');"])('lets %s pass', (text) =>
    expect(ring(text)).toEqual([]),
  );
});

describe('zones', () => {
  it('follows the way through other projects and shows it', () => {
    const files = new Map([
      ['apps/agent/package.json', project('agent', 'app', 'worker', ['@pilotfish/kit'])],
      ['apps/agent/src/main.ts', "import '@pilotfish/kit';"],
      ['libs/kit/package.json', project('kit', 'adapter', 'node', ['pg'])],
      ['libs/kit/src/index.ts', "export * from './store.ts';"],
      ['libs/kit/src/store.ts', "import 'pg';"],
    ]);
    const [found] = RULES.zones?.(treeOf(files)) ?? [];
    expect(found?.file).toBe('libs/kit/src/store.ts');
    expect(found?.message).toContain('apps/agent/src/main.ts → libs/kit/src/index.ts → libs/kit/src/store.ts');
  });

  it('leaves node and server projects alone', () => {
    expect(
      report('zones', {
        'libs/kit/package.json': project('kit', 'adapter', 'node', ['pg']),
        'libs/kit/src/index.ts': "import 'pg';",
      }),
    ).toEqual([]);
  });
});

describe('test-kit', () => {
  it('refuses a fixture in shipped code', () => {
    const files = { ...inCore("import './a.fixture.ts';"), 'libs/core/src/a.fixture.ts': 'export {};' };
    expect(report('test-kit', files)).toEqual(['libs/core/src/a.ts:1']);
  });
});
