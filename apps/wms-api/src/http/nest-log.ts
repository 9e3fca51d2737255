import type { LoggerService } from '@nestjs/common';
import type { Log } from '@pilotfish/service-kit';

/** Nest's own messages go where ours go; its start-up chatter only at debug. */
export function nestLog(log: Log): LoggerService {
  return {
    log: (message: unknown) => log.debug(String(message)),
    debug: (message: unknown) => log.debug(String(message)),
    verbose: (message: unknown) => log.trace(String(message)),
    warn: (message: unknown) => log.warn(String(message)),
    error: (message: unknown) => log.error(String(message)),
  };
}
