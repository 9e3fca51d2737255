// The innermost element: the payload runs as the pilot's own user, in a session of its own, so that all of it can be
// ended together.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Assignment } from '@pilotfish/api-contract';
import { endSession, killSession, type PayloadMark, readProcess, signalGroup } from '@pilotfish/worker-kit';
import type { StopOrder } from './attempt.ts';
import type { ComputingElement, PayloadRun, RunResult } from './computing-element.ts';
import { commandOf } from './executable.ts';
import type { Ending } from './exit-reason.ts';
import { errnoOf } from './node-fault.ts';
import { type PayloadWatch, WatchedPayload } from './payload-watch.ts';

const LIMIT_GRACE_MS = 5000;
const NOTHING_USED = { wallS: 0, cpuS: 0, maxRssMb: 0 };

export function direct(watch: PayloadWatch): ComputingElement {
  return {
    run: async (payload) => {
      const child = await start(payload);
      if (typeof child === 'string') {
        return { ending: notStarted(child, payload.assignment), ...NOTHING_USED };
      }
      return runToEnd(payload, child, watch);
    },
  };
}

/** The started process, or why the system refused (an errno name). */
async function start({ assignment, folder, streams, environment }: PayloadRun): Promise<ChildProcess | string> {
  const { executable, arguments: args, inputSandbox } = assignment.payload;
  // Without an input sandbox the job folder holds nothing that could be started.
  const command = inputSandbox === null ? { file: executable, args } : await commandOf(executable, args, folder.job);
  try {
    const child = spawn(command.file, command.args, {
      cwd: folder.job,
      env: environment,
      detached: true,
      stdio: ['ignore', streams.stdout, streams.stderr],
    });
    if (child.pid !== undefined) {
      child.on('error', () => undefined);
      return child;
    }
    const [error] = (await once(child, 'error')) as [Error];
    return errnoOf(error) ?? 'unknown';
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return errno;
  }
}

function notStarted(errno: string, { payload }: Assignment): Ending {
  return { kind: 'not-started', errno, executable: payload.executable };
}

async function runToEnd(payload: PayloadRun, child: ChildProcess, watch: PayloadWatch): Promise<RunResult> {
  const session = child.pid!;
  const { assignment, signal } = payload;
  const forced: { ending?: Ending; done?: Promise<void> } = {};
  const force = (ending: Ending, graceMs: number) => {
    forced.ending ??= ending;
    forced.done ??= endSession(session, graceMs);
  };
  const obey = () => {
    const order = signal.reason as StopOrder;
    force({ kind: 'stopped', order }, order.graceMs);
  };
  const watched = new WatchedPayload({
    session,
    limits: {
      wallTimeS: assignment.wallTimeS,
      cpuTimeS: assignment.cpuTimeS,
      processors: assignment.granted.processors,
    },
    onUsage: payload.onUsage,
    // Not at once: most short payloads never need it.
    onFirstLook: () => void mark(payload, session),
    onExcess: (excess) => force(excess, LIMIT_GRACE_MS),
  });
  watch.add(watched);
  signal.addEventListener('abort', obey, { once: true });
  if (signal.aborted) obey();
  const [code, endSignal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  const { wallS } = watched;
  signal.removeEventListener('abort', obey);
  watch.remove(watched);
  // What the payload left behind must not hold cores that are given away next; in a forced end it has its grace.
  if (forced.done !== undefined) await forced.done;
  else if (watched.spread) await killSession(session);
  else signalGroup(session, 'SIGKILL');
  const ending = forced.ending ?? naturalEnd(code, endSignal);
  return { ending, wallS, cpuS: watched.cpuS, maxRssMb: watched.maxRssMb };
}

function naturalEnd(code: number | null, signal: NodeJS.Signals | null): Ending {
  return signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal };
}

async function mark({ assignment, folder }: PayloadRun, session: number): Promise<void> {
  const row = await readProcess(session);
  const mark: PayloadMark = {
    jobId: assignment.jobId,
    n: assignment.n,
    session,
    startTicks: row?.startTicks ?? null,
  };
  await writeFile(folder.markFile, JSON.stringify(mark)).catch(() => undefined);
}
