// Builders, fakes and fixtures never ship: only test code imports the test kit, a fixture or a spec.
import { type Import, type Rule, TEST_KIT, type Tree } from '../tree.ts';

export const testKit: Rule = (tree) =>
  tree.files
    .filter((file) => !file.isTest)
    .flatMap((file) =>
      file.imports
        .filter((one) => leadsToTests(one, tree))
        .map(({ specifier, line }) => ({ file: file.path, line, message: `only tests may import ${specifier}` })),
    );

function leadsToTests({ target }: Import, tree: Tree): boolean {
  if (target.kind === 'project') return target.project.name === TEST_KIT;
  return target.kind === 'file' && tree.files.some((file) => file.path === target.path && file.isTest);
}
