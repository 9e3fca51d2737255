// A test that doesn't run says why where everybody sees it: only `context.skip('reason')` reaches the summary.
import { dottedName, type Node, stringOf, walk } from '../syntax.ts';
import type { Rule, SourceFile, Violation } from '../tree.ts';

const FOCUSED = /^(it|test|describe|suite)(\.\w+)*\.only(\.|$)/;
const SILENT = /^(it|test|describe|suite)(\.\w+)*\.(skip|skipIf|runIf|todo)(\.|$)/;

export const skippedTests: Rule = (tree) => tree.files.filter((file) => file.isTest).flatMap(wrongCalls);

function wrongCalls(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  walk(file.syntax.program, (node) => {
    const message = node.type === 'CallExpression' ? complaint(node) : undefined;
    if (message !== undefined) found.push({ file: file.path, line: file.syntax.lineAt(node.start), message });
  });
  return found;
}

function complaint(call: Node): string | undefined {
  const name = dottedName(call.callee) ?? '';
  if (FOCUSED.test(name)) return `${name} hides the other tests`;
  if (SILENT.test(name)) return `${name} skips in silence; call context.skip('reason') in the test or in beforeEach`;
  const [first, second] = call.arguments as Node[];
  const isContextSkip = /^(context|ctx|task)\.skip$|^skip$/.test(name);
  return isContextSkip && !isReason(first) && !isReason(second) ? `${name}() gives no reason` : undefined;
}

/** Text, or anything computed that can hold one; a bare `skip()` and `skip(true)` hold none. */
function isReason(argument: Node | undefined): boolean {
  if (argument === undefined) return false;
  return argument.type !== 'Literal' || (stringOf(argument) ?? '').length > 0;
}
