// Applies a cloud-config to a machine's folder, as cloud-init would to a disk.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { type CloudConfig, shellScript } from './cloud-config.ts';
import { consoleFile } from './machine.ts';

/** What `boot` runs. */
export const RUNCMD = 'machine/runcmd.sh';

export async function install(folder: string, config: CloudConfig): Promise<void> {
  for (const { path, content, permissions, encoding } of config.write_files) {
    // Normalised as an absolute path first, so that `..` can't leave the folder.
    const file = join(folder, normalize(path));
    await mkdir(dirname(file), { recursive: true, mode: 0o755 });
    const bytes = Buffer.from(content, encoding === 'text/plain' ? 'utf8' : 'base64');
    await writeFile(file, bytes, { mode: 0o600 });
    await chmod(file, Number.parseInt(permissions, 8));
  }
  await mkdir(join(folder, 'machine'), { recursive: true });
  await writeFile(join(folder, RUNCMD), shellScript(config.runcmd), { mode: 0o700 });
  await writeFile(consoleFile(folder), firstLines(config), { mode: 0o600 });
}

function firstLines({ packages }: CloudConfig): string {
  return packages.length === 0 ? '' : `local endpoint: packages are not installed here: ${packages.join(' ')}\n`;
}
