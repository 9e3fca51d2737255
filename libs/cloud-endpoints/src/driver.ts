// What a folder of this library offers to the registry.
import type { Cloud } from '@pilotfish/fleet';
import type { CloudEndpoint } from '@pilotfish/model';
import type { ZodType } from 'zod';

export interface CloudLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** What the process that opens a cloud lends to the driver. */
export interface CloudHost {
  /** Folder that outlives the process; a driver stays below it. */
  readonly dataDir: string;
  readonly log: CloudLog;
}

export interface Driver<Settings> {
  readonly settings: ZodType<Settings>;
  readonly open: (settings: Settings, host: CloudHost, endpoint: CloudEndpoint) => Cloud;
}
