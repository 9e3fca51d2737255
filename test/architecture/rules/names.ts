// Names say what is inside: kebab-case, and none of the drawers that take anything.
import type { Rule } from '../tree.ts';

const DRAWER = /^(.*-)?(utils?|helpers?)$|^(common|shared|misc)$/;
const SUFFIX = /\.(dto|port|impl|base)$/;
const KEBAB = /^[a-z0-9]+([-.][a-z0-9]+)*$/;

export const names: Rule = (tree) =>
  tree.files.flatMap((file) => {
    const parts = file.path.replace(/\.(ts|tsx|mts|mjs)$/, '').split('/');
    const wrong = parts.find(
      (part) => DRAWER.test(part.replace(/\.spec$/, '')) || SUFFIX.test(part) || !KEBAB.test(part),
    );
    if (wrong === undefined) return [];
    return [{ file: file.path, line: 1, message: `rename “${wrong}”: kebab-case, after what it holds` }];
  });
