// Fakes are passed in; a replaced module proves nothing about the real one.
import { dottedName, walk } from '../syntax.ts';
import type { Rule, SourceFile, Violation } from '../tree.ts';

const MOCKS = /^(vi|vitest|jest)\.(mock|doMock|unmock|hoisted|importMock)$/;

export const moduleMocks: Rule = (tree) => tree.files.flatMap(mocksIn);

function mocksIn(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  walk(file.syntax.program, (node) => {
    const name = node.type === 'CallExpression' ? dottedName(node.callee) : undefined;
    if (name === undefined || !MOCKS.test(name)) return;
    found.push({ file: file.path, line: file.syntax.lineAt(node.start), message: `${name}: pass a fake instead` });
  });
  return found;
}
