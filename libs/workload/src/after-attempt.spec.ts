import { describe, expect, it } from 'vitest';
import { afterLoss, afterOutcome, type JobSoFar, MAX_INFRASTRUCTURE_FAILURES } from './after-attempt.ts';
import type { OutcomeReport } from './attempt-store.ts';

const fresh: JobSoFar = { killRequested: false, infrastructureFailures: 0 };
const marked: JobSoFar = { ...fresh, killRequested: true };
const report = (result: OutcomeReport['result']): OutcomeReport => ({
  result,
  minor: `it ended ${result}`,
  exitCode: 0,
  reason: '',
  wallS: 1,
  cpuS: 1,
  maxRssMb: 1,
  outputSandbox: null,
});
const after = (job: JobSoFar, result: OutcomeReport['result']) => afterOutcome(job, report(result));

describe('an attempt that reported its end', () => {
  it('ends its job as it says', () => {
    expect(after(fresh, 'done')).toEqual({ state: 'Done', minor: 'it ended done' });
    expect(after(fresh, 'failed')).toEqual({ state: 'Failed', minor: 'it ended failed' });
    expect(after(fresh, 'killed')).toEqual({ state: 'Killed', minor: 'Received Kill signal' });
  });

  it('is done even when the kill came too late, and killed in every other case', () => {
    expect(after(marked, 'done').state).toBe('Done');
    for (const result of ['failed', 'killed', 'infrastructure'] as const)
      expect(after(marked, result)).toEqual({ state: 'Killed', minor: 'Received Kill signal' });
  });

  it('is tried again when the infrastructure failed, but not for ever', () => {
    expect(after(fresh, 'infrastructure')).toEqual({ state: 'Waiting', minor: 'it ended infrastructure' });
    const last = { ...fresh, infrastructureFailures: MAX_INFRASTRUCTURE_FAILURES - 1 };
    expect(after({ ...last, infrastructureFailures: last.infrastructureFailures - 1 }, 'infrastructure').state).toBe(
      'Waiting',
    );
    expect(after(last, 'infrastructure')).toEqual({ state: 'Failed', minor: 'Maximum of reschedulings reached' });
  });
});

describe('an attempt whose pilot was lost', () => {
  it('makes its job wait again, unless it was to be killed or is lost too often', () => {
    expect(afterLoss(fresh)).toEqual({ state: 'Waiting', minor: 'Pilot lost, requeued' });
    expect(afterLoss(fresh, 'Never started by its pilot, requeued').minor).toMatch(/^Never started/);
    expect(afterLoss(marked).state).toBe('Killed');
    expect(afterLoss({ ...fresh, infrastructureFailures: 9 }).state).toBe('Failed');
  });
});
