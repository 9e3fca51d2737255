// The web framework stays at the edge.
import type { Rule } from '../tree.ts';

const HOME = '@pilotfish/wms-api';

export const nest: Rule = (tree) =>
  tree.files
    .filter((file) => file.project?.name !== HOME)
    .flatMap((file) =>
      file.imports
        .filter(({ specifier }) => specifier.startsWith('@nestjs/'))
        .map(({ specifier, line }) => ({ file: file.path, line, message: `only apps/wms-api imports ${specifier}` })),
    );
