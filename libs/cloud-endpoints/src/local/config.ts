import { z } from 'zod';

export const localSettings = z.strictObject({
  root: z.string().min(1).optional().describe('folder of the machines; default: vms below the data folder'),
  bootDelayS: z.number().min(0).max(3600).default(0).describe('seconds a machine is “building” before it boots'),
  maxVms: z.int().min(0).optional().describe('machines this cloud holds, stopped ones included'),
  maxProcessors: z.int().min(0).optional().describe('sum of the processors of all machines'),
});
export type LocalSettings = z.output<typeof localSettings>;
