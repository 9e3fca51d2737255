// No file needs itself to load: a walk over the imports that are there at run time finds each ring once.
import type { Rule, SourceFile, Tree, Violation } from '../tree.ts';

interface Edge {
  readonly to: string;
  readonly line: number;
}

export const cycles: Rule = (tree) => {
  const edges = new Map(tree.files.map((file) => [file.path, edgesOf(file, tree)]));
  const done = new Set<string>();
  const found: Violation[] = [];
  for (const file of tree.files) visit(file.path, [], edges, done, found);
  return found;
};

function edgesOf(file: SourceFile, tree: Tree): Edge[] {
  const known = new Set(tree.files.map((one) => one.path));
  return file.imports.flatMap(({ target, typeOnly, lazy, line }) => {
    const to = target.kind === 'file' || target.kind === 'project' ? target.path : undefined;
    return to !== undefined && known.has(to) && !typeOnly && !lazy ? [{ to, line }] : [];
  });
}

/** Depth first; an import that leads back onto the way here closes a ring. */
function visit(
  path: string,
  way: readonly string[],
  edges: ReadonlyMap<string, readonly Edge[]>,
  done: Set<string>,
  found: Violation[],
): void {
  const here = [...way, path];
  for (const { to, line } of edges.get(path) ?? []) {
    const start = here.indexOf(to);
    if (start >= 0) {
      found.push({ file: path, line, message: `a cycle of imports: ${[...here.slice(start), to].join(' → ')}` });
    } else if (!done.has(to)) {
      visit(to, here, edges, done, found);
    }
  }
  done.add(path);
}
