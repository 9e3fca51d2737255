// The one owner of a service's end: a signal, or the loss of its supervisor, stops it once and in good order; what
// nobody caught ends it at once, for something outside to start it anew.
import type { Environment } from './config.ts';
import type { Log } from './log.ts';

const STOP_LIMIT_MS = 10_000;

export interface Running {
  /** Told to the supervisor together with `kind: 'ready'`, for instance `{ port }`. */
  readonly info?: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly log: Log;
  /** `PILOTFISH_SUPERVISED=1`: live no longer than the process at the other end of the IPC channel. */
  readonly env: Environment;
  readonly start: () => Promise<Running>;
}

/** Starts the service and never returns control of the process: it ends by `process.exit`. */
export async function runService({ log, env, start }: ServiceOptions): Promise<void> {
  const starting = Promise.resolve().then(start);
  let ending = false;

  function end(why: string): void {
    if (ending) return;
    ending = true;
    log.info({ why }, 'stopping');
    setTimeout(() => {
      log.error({ limitMs: STOP_LIMIT_MS }, 'stopping takes too long: leaving');
      process.exit(1);
    }, STOP_LIMIT_MS);
    // A start under way gets to its end first: half a service can't be stopped in good order.
    starting
      .then((running) => running.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => die(error, 'stopping failed'),
      );
  }

  function die(error: unknown, message: string): void {
    log.fatal({ err: error }, message);
    process.exit(1);
  }

  process.on('uncaughtException', (error) => die(error, 'an error nobody caught'));
  process.on('unhandledRejection', (reason) => die(reason, 'a rejection nobody handled'));
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  if (env.PILOTFISH_SUPERVISED === '1') {
    process.once('disconnect', () => end('the supervisor is gone'));
    if (!process.connected) end('the supervisor is gone');
  }
  try {
    const { info } = await starting;
    if (ending) return;
    log.info({ ...info }, 'ready');
    process.send?.({ kind: 'ready', ...info }, undefined, undefined, () => undefined);
  } catch (error) {
    die(error, 'the start failed');
  }
}
