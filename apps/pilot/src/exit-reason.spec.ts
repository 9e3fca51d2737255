import { outcome } from '@pilotfish/api-contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ending, verdictOf } from './exit-reason.ts';

const order = { reason: 'because', graceMs: 0 } as const;

describe('the end of a payload', () => {
  it.each<[string, Ending, string]>([
    ['exit code 0', { kind: 'exited', code: 0 }, 'done'],
    ['another exit code', { kind: 'exited', code: 3 }, 'failed'],
    ['a signal', { kind: 'signalled', signal: 'SIGKILL' }, 'failed'],
    ['its wall time', { kind: 'wall-limit', limitS: 5 }, 'failed'],
    ['its processor time', { kind: 'cpu-limit', limitS: 5 }, 'failed'],
    ['a kill', { kind: 'stopped', order: { kind: 'killed', ...order } }, 'killed'],
    ['a halt of the VM', { kind: 'stopped', order: { kind: 'halting', ...order } }, 'infrastructure'],
    ['an executable that isn’t there', { kind: 'not-started', errno: 'ENOENT', executable: 'x' }, 'failed'],
    ['arguments that are too long', { kind: 'not-started', errno: 'E2BIG', executable: 'x' }, 'failed'],
    ['a node out of processes', { kind: 'not-started', errno: 'EAGAIN', executable: 'x' }, 'infrastructure'],
    ['a full disk', { kind: 'node-fault', reason: 'ENOSPC' }, 'infrastructure'],
  ])('by %s is %s', (_, ending, result) => {
    expect(verdictOf(ending).result).toBe(result);
  });

  it('by SIGKILL has the shell’s exit code', () => {
    expect(verdictOf({ kind: 'signalled', signal: 'SIGKILL' }).exitCode).toBe(137);
  });

  it('always makes an outcome that the contract takes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), (reason) => {
        const rest = { wallS: 0, cpuS: 0, maxRssMb: 0, outputSandbox: null };
        expect(outcome.parse({ ...verdictOf({ kind: 'node-fault', reason }), ...rest }).result).toBe('infrastructure');
      }),
    );
  });
});
