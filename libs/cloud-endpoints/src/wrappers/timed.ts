// No call to a cloud lasts for ever. One given up on may still take effect, and says so.
import { type Cloud, CloudError } from '@pilotfish/fleet';

export interface TimeLimits {
  /** For calls that only look, in milliseconds. */
  readonly readMs: number;
  /** For calls that change something, in milliseconds. */
  readonly changeMs: number;
}

export function timed(cloud: Cloud, limits: TimeLimits = { readMs: 60_000, changeMs: 180_000 }): Cloud {
  const { readMs, changeMs } = limits;
  return {
    list: () => within(readMs, 'list', cloud.list()),
    launch: (order) => within(changeMs, `launch of ${order.vmId}`, cloud.launch(order)),
    terminate: (vmId) => within(changeMs, `terminate of ${vmId}`, cloud.terminate(vmId)),
    stop: (vmId) => within(changeMs, `stop of ${vmId}`, cloud.stop(vmId)),
    start: (vmId) => within(changeMs, `start of ${vmId}`, cloud.start(vmId)),
    consoleLog: (vmId) => within(readMs, `console log of ${vmId}`, cloud.consoleLog(vmId)),
  };
}

/** A late failure of `call` is heard by the race, so it never surfaces as an unhandled rejection. */
async function within<T>(limitMs: number, what: string, call: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () =>
        reject(new CloudError('unknown-outcome', `The cloud did not answer to ${what} within ${limitMs / 1000} s.`)),
      limitMs,
    );
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}
