// Core decides and does nothing else: no npm package and nothing of Node.
import type { Rule } from '../tree.ts';

export const coreImports: Rule = (tree) =>
  tree.files
    .filter((file) => file.project?.layer === 'core' && !file.isTest)
    .flatMap((file) =>
      file.imports
        .filter(({ target }) => target.kind === 'package' || target.kind === 'node')
        .map(({ specifier, line }) => ({
          file: file.path,
          line,
          message: `core imports ${specifier}; pass it as data`,
        })),
    );
