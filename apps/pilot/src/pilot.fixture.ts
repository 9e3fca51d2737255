// A pilot against the small centre, in a folder of its own.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { VmBrief } from '@pilotfish/api-contract';
import { lineLog, type PilotMessage, pause } from '@pilotfish/worker-kit';
import { Pilot } from './pilot.ts';
import { WorkerDoor } from './worker-door.fixture.ts';

export interface RunningPilot {
  readonly door: WorkerDoor;
  readonly pilot: Pilot;
  readonly root: string;
  readonly told: PilotMessage[];
  readonly lines: string[];
  end(): Promise<void>;
}

export function aBrief(changes: Partial<VmBrief> = {}): VmBrief {
  return {
    vmId: randomUUID(),
    vo: 'astro',
    profile: 'small',
    endpoint: 'local',
    capacity: { processors: 4, memoryMb: 4000, diskMb: 10_000, gpus: 0 },
    environment: { FROM_PROFILE: 'yes' },
    beatS: 1,
    isolatedAfterS: 60,
    ...changes,
  };
}

export async function startPilot(changes: Partial<VmBrief> = {}, given?: { root: string }): Promise<RunningPilot> {
  const door = await WorkerDoor.open();
  const root = given?.root ?? (await mkdtemp(join(tmpdir(), 'pilot-')));
  const told: PilotMessage[] = [];
  const lines: string[] = [];
  const start = { serviceUrl: door.url, brief: aBrief(changes), root, pilotId: randomUUID(), token: 'a-token' };
  const pilot = await Pilot.start(start, {
    inherited: { PATH: '/usr/bin:/bin' },
    log: lineLog((line) => lines.push(line)),
    tell: (message) => told.push(message),
  });
  const end = async () => {
    await pilot.stop(100, 'the test is over');
    await door.close();
    await rm(root, { recursive: true, force: true });
  };
  return { door, pilot, root, told, lines, end };
}

/** Waits until the value is there; fails loudly with `what` after ten seconds. */
export async function eventually<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 1000; tries += 1) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await pause(10);
  }
  throw new Error(`never happened: ${what}`);
}
