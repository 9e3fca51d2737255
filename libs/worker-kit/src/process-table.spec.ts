import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endSession } from './process-session.ts';
import { parseStat, readProcess, readProcesses } from './process-table.ts';

describe('the process table', () => {
  it('reads a line whose name holds blanks and brackets', () => {
    const line = `12 (a ) (b) S 1 12 11 0 -1 4194560 9 0 0 0 5 6 7 8 20 0 1 0 777 2000000 321 18446744073709551615`;
    expect(parseStat(line)).toEqual({
      pid: 12,
      state: 'S',
      group: 12,
      session: 11,
      cpuTicks: 26,
      startTicks: 777,
      rssPages: 321,
    });
    expect(parseStat('nonsense')).toBeUndefined();
  });

  it('finds this process', async ({ skip }) => {
    if (process.platform !== 'linux') skip('there is no /proc here');
    expect((await readProcesses()).map(({ pid }) => pid)).toContain(process.pid);
  });
});

describe('ending a session', () => {
  it('gives the grace to those who use it and kills the others', async () => {
    const polite = spawn('/bin/sh', ['-c', 'trap "exit 3" TERM; sleep 60 & wait'], { detached: true, stdio: 'ignore' });
    const stubborn = spawn('/bin/sh', ['-c', 'trap "" TERM; while :; do sleep 0.1; done'], {
      detached: true,
      stdio: 'ignore',
    });
    const ends = Promise.all([once(polite, 'exit'), once(stubborn, 'exit')]);
    // Until both have set their traps.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await Promise.all([endSession(polite.pid!, 5000), endSession(stubborn.pid!, 300)]);
    const [politeEnd, stubbornEnd] = await ends;
    expect(politeEnd[0]).toBe(3);
    expect(stubbornEnd[1]).toBe('SIGKILL');
    expect((await readProcess(stubborn.pid!))?.state ?? 'Z').toBe('Z');
  });
});
