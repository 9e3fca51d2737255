// Every project says in package.json which layer and zone it belongs to.
import { LAYERS, type Rule, ZONES } from '../tree.ts';

export const projectFields: Rule = (tree) =>
  tree.projects
    .filter((project) => project.layer === undefined || project.zone === undefined)
    .map((project) => ({
      file: `${project.dir}/package.json`,
      line: 1,
      message: `add "pilotfish": {"layer": …, "zone": …}; layers: ${LAYERS.join(', ')}; zones: ${ZONES.join(', ')}`,
    }));
