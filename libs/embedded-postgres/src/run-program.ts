// Runs one of PostgreSQL's programs to its end: fixed environment, the given user, output kept for the error message.
import { spawn } from 'node:child_process';
import { WmsError } from '@pilotfish/model';
import type { RunAs } from './run-as.ts';

/** A plain locale keeps messages readable by us; macOS needs LC_ALL to be valid at all. `initdb` wants a shell. */
export const PROGRAM_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC' };

/** The caller's own folder may be closed to `runAs`, so every program starts at the root. */
export function programOptions(runAs: RunAs | undefined) {
  return { cwd: '/', env: PROGRAM_ENVIRONMENT, ...runAs };
}

/** @throws WmsError `unavailable` with the last lines of output when it can't start or ends with anything but 0. */
export async function runProgram(file: string, args: readonly string[], runAs: RunAs | undefined): Promise<void> {
  const child = spawn(file, args, { ...programOptions(runAs), stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const end = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`));
  });
  if (end !== '') throw new WmsError('unavailable', `${file} ${end}: ${lastLines(output)}`);
}

export function lastLines(text: string): string {
  return text.trim().split('\n').slice(-6).join('\n') || 'no output';
}
