// Which layer may import which; imports of types count too, because they tie just as hard.
import { type Layer, type Rule, TEST_KIT } from '../tree.ts';

const BELOW_APPS = ['model', 'core', 'service', 'contract', 'adapter'] as const;

const MAY_IMPORT: Readonly<Record<Layer, readonly Layer[]>> = {
  model: [],
  core: ['model', 'core'],
  service: ['model', 'core'],
  contract: ['model', 'contract'],
  adapter: BELOW_APPS,
  app: BELOW_APPS,
  test: BELOW_APPS,
};

export const layers: Rule = (tree) =>
  tree.files.flatMap((file) =>
    file.imports.flatMap(({ target, line }) => {
      const from = file.project?.layer;
      if (target.kind !== 'project' || from === undefined || target.project === file.project) return [];
      const to = target.project.layer;
      // The test kit has a rule of its own.
      if (to === undefined || target.project.name === TEST_KIT || MAY_IMPORT[from].includes(to)) return [];
      const allowed = MAY_IMPORT[from].join(', ') || 'no other project';
      return [
        { file: file.path, line, message: `${from} imports ${target.project.name} (${to}); it may import ${allowed}` },
      ];
    }),
  );
