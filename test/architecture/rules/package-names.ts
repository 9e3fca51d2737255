// A project is entered by its name, never by a path into its folder; inside a project imports are relative.
import type { Import, Rule, SourceFile } from '../tree.ts';

export const packageNames: Rule = (tree) =>
  tree.files.flatMap((file) =>
    file.imports.flatMap((one) => {
      const message = file.project && wrongEntry(file, one, file.project.dir);
      return message ? [{ file: file.path, line: one.line, message }] : [];
    }),
  );

function wrongEntry(file: SourceFile, { specifier, target }: Import, dir: string): string | undefined {
  if (target.kind === 'file' && !target.path.startsWith(`${dir}/`))
    return `${specifier} leaves ${dir}; import the other project by its name`;
  if (target.kind === 'project' && target.project === file.project)
    return `${specifier} is this project; import the file relatively`;
  return undefined;
}
