// Says what the end of a payload means for its job: whose fault it was, and what the user reads.
import { constants } from 'node:os';
import type { Outcome } from '@pilotfish/api-contract';
import { MINOR } from '@pilotfish/model';
import type { StopOrder } from './attempt.ts';

export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'wall-limit' | 'cpu-limit'; readonly limitS: number }
  | { readonly kind: 'stopped'; readonly order: StopOrder }
  /** The system refused to start it; `errno` as in errno(3). */
  | { readonly kind: 'not-started'; readonly errno: string; readonly executable: string }
  /** The job itself can't be prepared, here or elsewhere. */
  | { readonly kind: 'refused'; readonly minor: string; readonly reason: string }
  | { readonly kind: 'node-fault'; readonly reason: string };

export type Verdict = Pick<Outcome, 'result' | 'minor' | 'exitCode' | 'reason'>;

/** DIRAC JobMinorStatus.JOB_EXCEEDED_CPU. */
const CPU_LIMIT = 'Job has reached the CPU limit of the queue';
/** What the shell answers: POSIX.1-2017 XCU 2.8.2. */
const NOT_FOUND = 127;
const NOT_RUNNABLE = 126;

export function verdictOf(ending: Ending): Verdict {
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0
        ? verdict('done', MINOR.complete, 0, '')
        : verdict('failed', MINOR.applicationErrors, ending.code, `the payload ended with exit code ${ending.code}`);
    case 'signalled':
      return verdict('failed', MINOR.applicationErrors, 128 + constants.signals[ending.signal], signalled(ending));
    case 'wall-limit':
      return verdict('failed', MINOR.wallClock, null, `stopped after its wall time of ${ending.limitS} s (wallTimeS)`);
    case 'cpu-limit':
      return verdict('failed', CPU_LIMIT, null, `stopped after ${ending.limitS} s of processor time (cpuTimeS)`);
    case 'stopped':
      return ending.order.kind === 'killed'
        ? verdict('killed', MINOR.killed, null, ending.order.reason)
        : verdict('infrastructure', MINOR.pilotLost, null, ending.order.reason);
    case 'not-started':
      return notStarted(ending.errno, ending.executable);
    case 'refused':
      return verdict('failed', ending.minor, null, ending.reason);
    case 'node-fault':
      return verdict('infrastructure', MINOR.rescheduled, null, ending.reason);
  }
}

function verdict(result: Verdict['result'], minor: string, exitCode: number | null, reason: string): Verdict {
  return { result, minor, exitCode, reason: reason.slice(0, 2000) };
}

function signalled({ signal }: { readonly signal: NodeJS.Signals }): string {
  const hint = signal === 'SIGKILL' ? '; often the kernel’s doing when memory runs out' : '';
  return `the payload was ended by ${signal}${hint}`;
}

function notStarted(errno: string, executable: string): Verdict {
  switch (errno) {
    case 'ENOENT':
      return verdict(
        'failed',
        MINOR.applicationErrors,
        NOT_FOUND,
        `executable “${executable}” (or the interpreter it names) is neither in the job folder nor on PATH; add it to the input sandbox`,
      );
    case 'EACCES':
    case 'ENOEXEC':
    case 'ENOTDIR':
    case 'EISDIR':
      return verdict(
        'failed',
        MINOR.applicationErrors,
        NOT_RUNNABLE,
        `executable “${executable}” can’t be run (${errno})`,
      );
    case 'E2BIG':
    case 'ERR_INVALID_ARG_VALUE':
      return verdict(
        'failed',
        MINOR.applicationErrors,
        NOT_RUNNABLE,
        `arguments or environment are too long or hold a zero byte (${errno})`,
      );
    default:
      return verdict('infrastructure', MINOR.rescheduled, null, `the node could not start a process (${errno})`);
  }
}
