// What a project imports stands in its own package.json; tests may also use the root's devDependencies.
import { type Import, type Rule, type SourceFile, TEST_KIT, type Tree } from '../tree.ts';

export const declaredDependencies: Rule = (tree) =>
  tree.files.flatMap((file) =>
    file.imports.flatMap(({ target, line }) => {
      const name = nameOf(target, file);
      if (name === undefined || mayUse(file, name, tree)) return [];
      return [
        { file: file.path, line, message: `${name} isn't in the dependencies of ${file.project?.dir}/package.json` },
      ];
    }),
  );

function nameOf(target: Import['target'], file: SourceFile): string | undefined {
  if (target.kind === 'package') return target.name;
  return target.kind === 'project' && target.project !== file.project ? target.project.name : undefined;
}

function mayUse(file: SourceFile, name: string, tree: Tree): boolean {
  const { project } = file;
  if (project === undefined || project.dependencies.has(name)) return true;
  if (!file.isTest) return false;
  const isOurs = tree.projects.some((one) => one.name === name);
  return tree.testPackages.has(name) || name === TEST_KIT || (isOurs && project.layer === 'test');
}
