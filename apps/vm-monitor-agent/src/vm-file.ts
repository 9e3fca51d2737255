// etc/vm.json, written by cloud-init: where the centre is and the one-time key that binds this VM to its row there.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

// What the bootstrap needs besides is its own business.
const vmFile = z.object({ serviceUrl: z.string(), vmId: z.uuid(), activationKey: z.string() });
export type VmFile = z.output<typeof vmFile>;

/** Throws with the file's name when it is missing or wrong; the message holds none of its values. */
export async function readVmFile(path: string): Promise<VmFile> {
  try {
    return vmFile.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const why =
      error instanceof z.ZodError ? error.issues.map(({ path }) => path.join('.')).join(', ') : 'no JSON there';
    throw new Error(`${path} can't be used (${why}); it is written by the VM's user-data`);
  }
}
