import { describe, expect, it } from 'vitest';
import { machineStatus } from './status.ts';

const at = (s: number) => new Date(1_700_000_000_000 + s * 1000);
const record = (power: 'on' | 'off' | 'leaving', bootedS: number | null = 10) => ({
  power,
  createdAt: at(0).toISOString(),
  bootedAt: bootedS === null ? null : at(bootedS).toISOString(),
});
const running = { isRunning: true, exitCode: undefined };
const silent = { isRunning: false, exitCode: undefined };

describe('the status of a local machine', () => {
  it.each([
    ['building', 'during its boot delay', record('on'), running, at(14)],
    ['active', 'after its boot delay', record('on'), running, at(15)],
    ['active', 'while it is being switched off', record('off'), running, at(60)],
    ['stopped', 'when it is switched off', record('off'), silent, at(60)],
    ['stopped', 'when its processes were killed', record('on'), silent, at(60)],
    ['stopped', 'when it halted', record('on'), { isRunning: false, exitCode: 0 }, at(60)],
    ['error', 'when its bootstrap failed', record('on'), { isRunning: false, exitCode: 1 }, at(60)],
    ['building', 'when its boot is intended', record('on', null), silent, at(60)],
    ['stopped', 'when its removal was cut short', record('leaving'), silent, at(60)],
  ] as const)('is %s %s', (status, _when, machine, facts, now) => {
    expect(machineStatus(machine, facts, 5, now)).toBe(status);
  });
});
