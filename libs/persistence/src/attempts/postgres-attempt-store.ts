import type { AttemptStore } from '@pilotfish/workload';
import type { Database } from '../database.ts';
import { beat } from './beat.ts';
import { outcome } from './outcome.ts';
import { appendLog, isOpen, mayReadSandbox, phase } from './progress.ts';
import { sweepLost } from './sweep-lost.ts';

export function postgresAttemptStore(db: Database): AttemptStore {
  return {
    phase: (key, to, minor, applicationStatus) => phase(db, key, to, minor, applicationStatus),
    appendLog: (key, stream, offset, bytes) => appendLog(db, key, stream, offset, bytes),
    isOpen: (key) => isOpen(db, key),
    outcome: (key, report) => outcome(db, key, report),
    beat: (said) => beat(db, said),
    sweepLost: () => sweepLost(db),
    mayReadSandbox: (vmId, digest) => mayReadSandbox(db, vmId, digest),
  };
}
