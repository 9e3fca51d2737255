// A file holds one idea; beyond 300 lines it holds two.
import type { Rule } from '../tree.ts';

const MAX_LINES = 300;

export const fileLength: Rule = (tree) =>
  tree.files
    .filter((file) => file.lines > MAX_LINES)
    .map((file) => ({
      file: file.path,
      line: MAX_LINES + 1,
      message: `${file.lines} lines; split it (max ${MAX_LINES})`,
    }));
