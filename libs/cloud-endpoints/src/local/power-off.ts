// Ends every process of a machine: asked to first, then killed. Looks again after each round, because the dying may
// still start others.
import { setTimeout as delay } from 'node:timers/promises';
import { CloudError } from '@pilotfish/fleet';
import type { VmId } from '@pilotfish/model';
import { isAlive, surveyProcesses } from './process-survey.ts';

const GRACE_MS = 2_000;
const KILL_MS = 10_000;
const POLL_MS = 20;

/** @throws CloudError `unknown-outcome` when something can't be killed. */
export async function powerOff(vmId: VmId, group: number | undefined): Promise<void> {
  const find = () => surveyProcesses().of(vmId, group);
  const left = await endAll(find, 'SIGTERM', GRACE_MS);
  if (left.length === 0) return;
  const stubborn = await endAll(find, 'SIGKILL', KILL_MS);
  if (stubborn.length === 0) return;
  throw new CloudError('unknown-outcome', `Processes of VM ${vmId} can't be ended: ${stubborn.join(', ')}.`);
}

async function endAll(find: () => readonly number[], signal: NodeJS.Signals, limitMs: number) {
  const deadline = Date.now() + limitMs;
  // A process gets the polite signal once only; a program may take a second one for “at once”.
  const told = new Set<number>();
  let targets = find();
  while (targets.length > 0 && Date.now() < deadline) {
    for (const target of targets.filter((one) => !told.has(one) || signal === 'SIGKILL')) send(target, signal);
    for (const target of targets) told.add(target);
    while (targets.some(isAlive) && Date.now() < deadline) await delay(POLL_MS);
    targets = find();
  }
  return targets;
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    // Gone meanwhile is what we want; not ours to kill shows up as still alive.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
