// Endpoint and profile as an operator writes them in files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeSpecs(folder: string, vo: string): { readonly endpoint: string; readonly profile: string } {
  const [endpoint, profile] = [join(folder, 'endpoint.yaml'), join(folder, 'profile.yaml')];
  writeFileSync(endpoint, 'name: local\nkind: local\nsite: LOCAL.test\nmaxVms: 2\nmaxProcessors: 8\n');
  writeFileSync(
    profile,
    `name: small\nvo: ${vo}\nendpoints: [local]\ncapacity: { processors: 4, memoryMb: 4096 }\nidleS: 3\nlostAfterS: 20\n`,
  );
  return { endpoint, profile };
}
