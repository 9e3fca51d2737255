// Payloads whose pilot is dead are nobody's: they are ended before a new pilot offers their cores again.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { killSession, type Log, type PayloadMark, payloadMark, readProcess } from '@pilotfish/worker-kit';

/** Ends what work/<attempt>/meta.json names and removes the folders. */
export async function endLeftovers(work: string, log: Log): Promise<void> {
  for (const name of await readdir(work).catch(() => [])) {
    const mark = await readMark(join(work, name, 'meta.json'));
    if (mark !== undefined && (await isStillOurs(mark))) {
      log.warn('a payload outlived its pilot', { job: mark.jobId, n: mark.n, session: mark.session });
      await killSession(mark.session);
    }
    await rm(join(work, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
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
