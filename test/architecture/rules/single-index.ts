// One index.ts per lib, at src/index.ts: barrels inside hide cycles and make two ways to one thing.
import type { Rule, Tree } from '../tree.ts';

export const singleIndex: Rule = (tree) => {
  const faces = libs(tree).map((project) => `${project.dir}/src/index.ts`);
  const inner = tree.files
    .filter((file) => /\/index\.(ts|tsx|mts)$/.test(file.path) && !faces.includes(file.path))
    .map((file) => ({ file: file.path, line: 1, message: 'a barrel inside; import the files themselves' }));
  const faceless = libs(tree)
    .filter((project) => tree.files.some((file) => file.path.startsWith(`${project.dir}/src/`)))
    .filter((project) => !tree.files.some((file) => file.path === `${project.dir}/src/index.ts`))
    .map((project) => ({ file: `${project.dir}/package.json`, line: 1, message: 'this lib has no src/index.ts' }));
  return [...inner, ...faceless];
};

function libs(tree: Tree) {
  return tree.projects.filter((project) => project.dir.startsWith('libs/'));
}
