// Core is deterministic: time, chance, environment and output are arguments, never globals.
import { dottedName, isReference, type Node, walk } from '../syntax.ts';
import type { Rule, SourceFile, Violation } from '../tree.ts';

const GLOBALS = new Set([
  'process',
  'console',
  'fetch',
  'crypto',
  'performance',
  'globalThis',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
]);
const MEMBERS = new Set(['Date.now', 'Math.random']);

export const coreGlobals: Rule = (tree) =>
  tree.files.filter((file) => file.project?.layer === 'core' && !file.isTest).flatMap(impureUses);

function impureUses(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  walk(file.syntax.program, (node, parent, field) => {
    const use = isReference(node, parent, field) && GLOBALS.has(String(node.name)) ? node.name : impureCall(node);
    if (use === undefined) return;
    const line = file.syntax.lineAt(node.start);
    found.push({ file: file.path, line, message: `core uses ${String(use)}; take it as an argument` });
  });
  return found;
}

function impureCall(node: Node): string | undefined {
  const member = node.type === 'MemberExpression' ? dottedName(node) : undefined;
  if (member !== undefined && MEMBERS.has(member)) return member;
  if (!['NewExpression', 'CallExpression'].includes(node.type) || dottedName(node.callee) !== 'Date') return undefined;
  // `new Date(ms)` only converts; without an argument it reads the clock.
  return node.type === 'NewExpression' && (node.arguments as unknown[]).length > 0 ? undefined : 'the clock';
}
