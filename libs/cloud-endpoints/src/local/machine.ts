// A machine is a folder; machine.json says what was ordered and whether it is switched on. Whether it runs is never
// stored: the process table knows. A folder appears whole and goes whole, by renaming.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudError } from '@pilotfish/fleet';
import { isVmId, type VmId } from '@pilotfish/model';
import { z } from 'zod';

const machineRecord = z.object({
  vmId: z.string().refine(isVmId),
  vo: z.string(),
  profile: z.string(),
  processors: z.int(),
  createdAt: z.iso.datetime(),
  power: z.enum(['on', 'off', 'leaving']),
  /** Number of the newest boot; what it left behind is in machine/<number>/. */
  boot: z.int().min(1),
  /** When that boot began; null while it is only intended. */
  bootedAt: z.iso.datetime().nullable(),
});
export type MachineRecord = z.output<typeof machineRecord>;

/** Left over by a crash while a folder was made; nothing can run in it. */
const STALE_MS = 600_000;

export const folderOf = (root: string, vmId: VmId) => join(root, vmId);
export const consoleFile = (folder: string) => join(folder, 'console.log');
export const providerIdOf = (vmId: VmId) => `local-${vmId.slice(-12)}`;

/** @throws CloudError `unknown-outcome` for a folder whose record can't be read: then no list is whole. */
export async function readMachine(root: string, vmId: VmId): Promise<MachineRecord | undefined> {
  const path = join(folderOf(root, vmId), 'machine.json');
  try {
    return machineRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new CloudError('unknown-outcome', `${path} can't be read; repair it or remove its folder.`, { cause: error });
  }
}

export async function readMachines(root: string): Promise<MachineRecord[]> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const ids = (await readdir(root)).filter(isVmId);
  const records = await Promise.all(ids.map((vmId) => readMachine(root, vmId)));
  return records.filter((record) => record !== undefined);
}

export async function writeMachine(folder: string, record: MachineRecord): Promise<void> {
  const path = join(folder, 'machine.json');
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** Makes the folder of a machine exactly once. False when somebody else's is there already; then nothing changed. */
export async function createFolder(
  root: string,
  record: MachineRecord,
  fill: (folder: string) => Promise<void>,
): Promise<boolean> {
  const draft = join(root, `.new-${randomUUID()}`);
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await fill(draft);
    await writeMachine(draft, record);
    await rename(draft, folderOf(root, record.vmId));
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

export async function removeFolder(root: string, vmId: VmId): Promise<void> {
  const grave = join(root, `.gone-${randomUUID()}`);
  await rename(folderOf(root, vmId), grave);
  await rm(grave, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes what a crash left of folders being made or removed; what resists now is tried again the next time. */
export async function sweepLeftovers(root: string, now: Date): Promise<void> {
  const names = (await readdir(root)).filter((name) => /^\.(new|gone)-/.test(name));
  for (const name of names) {
    const path = join(root, name);
    const made = await stat(path).catch(() => undefined);
    if (!made || now.getTime() - made.mtimeMs < STALE_MS) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
