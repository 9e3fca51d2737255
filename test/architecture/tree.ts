// The workspace as the rules see it: projects with a layer and a zone, source files, and where each import leads.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FoundImport, findImports } from './find-imports.ts';
import { parseFile, type Syntax } from './syntax.ts';

export const LAYERS = ['model', 'core', 'service', 'contract', 'adapter', 'app', 'test'] as const;
export const ZONES = ['any', 'node', 'server', 'worker', 'browser'] as const;
export type Layer = (typeof LAYERS)[number];
export type Zone = (typeof ZONES)[number];

export interface Project {
  readonly name: string;
  /** Folder, relative to the root of the tree. */
  readonly dir: string;
  readonly layer: Layer | undefined;
  readonly zone: Zone | undefined;
  readonly dependencies: ReadonlySet<string>;
}

export type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'project'; readonly project: Project; readonly deep: boolean; readonly path: string | undefined }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'node' };

export interface Import extends FoundImport {
  readonly target: Target;
}

export interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** `tools` and other files outside every project have none. */
  readonly project: Project | undefined;
  /** Specs and their fixtures, everything in the test project, and the test kit: code that is never shipped. */
  readonly isTest: boolean;
  readonly syntax: Syntax;
  readonly imports: readonly Import[];
}

export interface Tree {
  readonly projects: readonly Project[];
  readonly files: readonly SourceFile[];
  /** Packages any test may use: the devDependencies of the root. */
  readonly testPackages: ReadonlySet<string>;
}

export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

export type Rule = (tree: Tree) => Violation[];

export const TEST_KIT = '@pilotfish/test-kit';

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'bad-tree', 'coverage']);
const SOURCE = /\.(ts|tsx|mts|mjs)$/;

/** Reads `apps`, `libs`, `test` and `tools` below `root`. */
export function readTree(root: string): Tree {
  const texts = new Map<string, string>([['package.json', readFileSync(join(root, 'package.json'), 'utf8')]]);
  const visit = (dir: string): void => {
    for (const entry of readdirSync(join(root, dir), { withFileTypes: true })) {
      const path = `${dir}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) visit(path);
      if (entry.isFile() && (SOURCE.test(path) || entry.name === 'package.json'))
        texts.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  const tops = readdirSync(root).filter((name) => ['apps', 'libs', 'test', 'tools'].includes(name));
  for (const top of tops) visit(top);
  return treeOf(texts);
}

/** The same from texts by path, for tests of a rule. */
export function treeOf(texts: ReadonlyMap<string, string>): Tree {
  const projects = [...texts].filter(([path]) => isProjectFile(path)).map(([path, text]) => projectOf(path, text));
  const files = [...texts]
    .filter(([path]) => SOURCE.test(path))
    .map(([path, text]) => sourceFileOf(path, text, projects, texts))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const root = JSON.parse(texts.get('package.json') ?? '{}') as { devDependencies?: object };
  return { projects, files, testPackages: new Set(Object.keys(root.devDependencies ?? {})) };
}

function isProjectFile(path: string): boolean {
  return /^((apps|libs)\/[^/]+|test)\/package\.json$/.test(path);
}

interface PackageJson {
  readonly name?: string;
  readonly pilotfish?: { readonly layer?: string; readonly zone?: string };
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

function projectOf(path: string, text: string): Project {
  const dir = path.slice(0, -'/package.json'.length);
  const json = JSON.parse(text) as PackageJson;
  return {
    name: json.name ?? dir,
    dir,
    layer: LAYERS.find((layer) => layer === json.pilotfish?.layer),
    zone: ZONES.find((zone) => zone === json.pilotfish?.zone),
    dependencies: new Set([...Object.keys(json.dependencies ?? {}), ...Object.keys(json.devDependencies ?? {})]),
  };
}

function sourceFileOf(
  path: string,
  text: string,
  projects: readonly Project[],
  texts: ReadonlyMap<string, string>,
): SourceFile {
  const project = projects.find((one) => path.startsWith(`${one.dir}/`));
  const syntax = parseFile(path, text);
  const isTest = /\.(spec|fixture)\.tsx?$/.test(path) || project?.layer === 'test' || project?.name === TEST_KIT;
  const imports = findImports(syntax).map((found) => ({ ...found, target: targetOf(found, path, projects, texts) }));
  return { path, lines: text.replace(/\n$/, '').split('\n').length, project, isTest, syntax, imports };
}

function targetOf(
  found: FoundImport,
  from: string,
  projects: readonly Project[],
  texts: ReadonlyMap<string, string>,
): Target {
  const { specifier } = found;
  if (specifier.startsWith('.')) return { kind: 'file', path: join(from, '..', specifier) };
  if (specifier.startsWith('node:')) return { kind: 'node' };
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const project = projects.find((one) => one.name === name);
  if (project === undefined) return { kind: 'package', name };
  const index = `${project.dir}/src/index.ts`;
  return { kind: 'project', project, deep: specifier !== name, path: texts.has(index) ? index : undefined };
}
