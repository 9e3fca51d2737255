// The environment is read in one place per project, config.ts, and passed on as arguments.
import { dottedName, isNode, type Node, walk } from '../syntax.ts';
import type { Rule, SourceFile, Violation } from '../tree.ts';

export const processEnv: Rule = (tree) =>
  tree.files
    .filter((file) => file.project !== undefined && !file.isTest && !file.path.endsWith('/config.ts'))
    .flatMap(environmentUses);

function environmentUses(file: SourceFile): Violation[] {
  const lines = file.imports
    .filter(({ specifier, names }) => /^(node:)?process$/.test(specifier) && names.includes('env'))
    .map(({ line }) => line);
  walk(file.syntax.program, (node) => {
    if (readsEnvironment(node)) lines.push(file.syntax.lineAt(node.start));
  });
  return lines.map((line) => ({ file: file.path, line, message: 'read process.env in config.ts and pass the value' }));
}

function readsEnvironment(node: Node): boolean {
  if (node.type === 'MemberExpression') return /^(globalThis\.)?process\.env$/.test(dottedName(node) ?? '');
  if (node.type !== 'VariableDeclarator' || dottedName(node.init) !== 'process') return false;
  const pattern = node.id;
  const keys = isNode(pattern) && Array.isArray(pattern.properties) ? (pattern.properties as Node[]) : [];
  return keys.some((one) => dottedName(one.key) === 'env');
}
