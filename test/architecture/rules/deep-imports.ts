// The public face of a project is its index.ts.
import type { Rule } from '../tree.ts';

export const deepImports: Rule = (tree) =>
  tree.files.flatMap((file) =>
    file.imports.flatMap(({ target, specifier, line }) =>
      target.kind === 'project' && target.deep
        ? [
            {
              file: file.path,
              line,
              message: `${specifier} looks inside ${target.project.name}; export it from its index.ts`,
            },
          ]
        : [],
    ),
  );
