// Payloads whose pilot is dead are nobody's: they are ended before a new pilot offers their cores again.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  killSession,
  type Log,
  type PayloadMark,
  payloadMark,
  readProcess,
  readProcesses,
} from '@pilotfish/worker-kit';

/** Ends what work/<attempt>/meta.json names and what bears the VM's mark, and removes the folders. */
export async function endLeftovers(work: string, vmId: string, log: Log): Promise<void> {
  const folders: string[] = [];
  for (const name of await readdir(work).catch(() => [])) {
    const mark = await readMark(join(work, name, 'meta.json'));
    if (mark !== undefined && (await isStillOurs(mark)) && (await killSession(mark.session))) {
      log.warn('a payload outlived its pilot', { job: mark.jobId, n: mark.n, session: mark.session });
    }
    folders.push(join(work, name));
  }
  await endMarked(vmId, log);
  for (const folder of folders)
    await rm(folder, { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
}

/** Payloads that were too young for a meta.json, or left their session (Linux). */
async function endMarked(vmId: string, log: Log): Promise<void> {
  for (const { pid } of await readProcesses()) {
    const environment = `\0${await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')}\0`;
    if (!environment.includes(`\0PILOTFISH_VM=${vmId}\0`) || !environment.includes('\0PILOTFISH_JOB_ID=')) continue;
    log.warn('a process outlived its pilot', { pid });
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

/** Whether the id still means that payload: after a reboot it may be somebody else's. Unknown off Linux. */
async function isStillOurs(mark: PayloadMark): Promise<boolean> {
  if (mark.startTicks === null) return false;
  const leader = await readProcess(mark.session);
  // An id isn't given away while a group bears it, so a leader that is gone leaves the rest of its session ours.
  return leader === undefined || leader.startTicks === mark.startTicks;
}

async function readMark(path: string): Promise<PayloadMark | undefined> {
  try {
    return payloadMark.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}
