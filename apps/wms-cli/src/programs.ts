// Where the programs stand that a local service is made of: built bundles of this checkout.
import { join } from 'node:path';

export interface Programs {
  readonly programs: { readonly api: string; readonly director: string };
  /** What VMs are given. */
  readonly files: readonly string[];
  readonly cli: string;
}

export function programsOf(projectRoot: string): Programs {
  const main = (app: string) => join(projectRoot, 'apps', app, 'dist', 'main.js');
  return {
    programs: { api: main('wms-api'), director: main('cloud-director') },
    files: [join(projectRoot, 'dist', 'worker')],
    cli: main('wms-cli'),
  };
}
