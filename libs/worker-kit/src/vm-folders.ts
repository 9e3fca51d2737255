// Where things lie on a VM, below the folder given by --root.
import { join } from 'node:path';

export interface VmFolders {
  readonly vmFile: string;
  readonly pilotProgram: string;
  readonly state: string;
  readonly identityFile: string;
  readonly briefFile: string;
  readonly log: string;
  readonly work: string;
  readonly spool: string;
}

export function vmFolders(root: string): VmFolders {
  return {
    vmFile: join(root, 'etc/vm.json'),
    pilotProgram: join(root, 'lib/pilot.cjs'),
    state: join(root, 'state'),
    identityFile: join(root, 'state/identity.json'),
    briefFile: join(root, 'state/brief.json'),
    log: join(root, 'log'),
    work: join(root, 'work'),
    spool: join(root, 'spool'),
  };
}
