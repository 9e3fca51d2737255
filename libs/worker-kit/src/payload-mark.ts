// work/<job>.<n>/meta.json: which process session belongs to an attempt, so that it can be ended after a crash.
import { z } from 'zod';

/** `session`: pid of the payload's leader, also its process group and session. `startTicks`: /proc/<pid>/stat 22. */
export const payloadMark = z.object({
  jobId: z.number(),
  n: z.number(),
  session: z.int().min(2),
  startTicks: z.number().nullable(),
});
export type PayloadMark = z.output<typeof payloadMark>;
