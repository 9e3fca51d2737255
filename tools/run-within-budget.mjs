// Runs one program in a process group of its own and ends the whole group when its time is up or ours is.
import { spawn } from 'node:child_process';

const GRACE_MS = 5000;

/** Resolves to `{code, timedOut, seconds}`; `code` is 1 when a signal ended the program or it could not start. */
export function runWithinBudget(command, args, { cwd, env = process.env, budgetSeconds }) {
  const start = performance.now();
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  let timedOut = false;
  const end = () => {
    killGroup(child.pid, 'SIGTERM');
    setTimeout(() => killGroup(child.pid, 'SIGKILL'), GRACE_MS).unref();
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, budgetSeconds * 1000);
  const stopListening = endOnSignal(end);
  return new Promise((resolve) => {
    const finish = (code) => {
      clearTimeout(timer);
      stopListening();
      // Whatever the program left running in its group ends with it.
      killGroup(child.pid, 'SIGKILL');
      resolve({ code, timedOut, seconds: (performance.now() - start) / 1000 });
    };
    child.once('error', (error) => {
      console.error(`${command}: ${error.message}`);
      finish(1);
    });
    child.once('exit', (code) => finish(timedOut ? 1 : (code ?? 1)));
  });
}

function endOnSignal(end) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const listener = (signal) => {
    end();
    process.exitCode = 1;
    setTimeout(() => process.exit(signal === 'SIGINT' ? 130 : 143), GRACE_MS + 500).unref();
    interrupted = true;
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

let interrupted = false;

/** Whether somebody has asked this run to stop. */
export function wasInterrupted() {
  return interrupted;
}

function killGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}
