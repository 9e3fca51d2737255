// What a job needs of a node. Jobs with equal requirements and equal owner wait in one task queue.

export interface Requirements {
  /** Cores: at least `min`; the pilot gives up to `max` of what is free. An exact count has both equal. */
  readonly processors: { readonly min: number; readonly max: number };
  /** All cores of an otherwise empty node. */
  readonly wholeNode: boolean;
  /** Resident memory in MiB that is set aside for the job; 0: whatever its cores' share is. */
  readonly memoryMb: number;
  /** Scratch space in MiB; 0: no claim. */
  readonly diskMb: number;
  readonly gpus: number;
  /** Processor time in seconds (DIRAC CPUTime), rounded up to a segment; also the least time the node must have left. */
  readonly cpuTimeS: number;
  /** Longest wall time in seconds, after which the watchdog stops the payload; 0: bounded by cpuTimeS alone. */
  readonly wallTimeS: number;
  /** Empty: any site. */
  readonly sites: readonly string[];
  readonly bannedSites: readonly string[];
  /** Cloud endpoints (DIRAC GridCE). Empty: any. */
  readonly endpoints: readonly string[];
  /** Empty: any platform. */
  readonly platforms: readonly string[];
  /** Every one of these must be offered. */
  readonly tags: readonly string[];
  readonly jobType: string;
}

/** Largest processor count a description may ask for (DIRAC JobModel). */
export const MAX_PROCESSORS = 1024;

/** CPU-time segments in seconds; needs are rounded up so that queues stay few (DIRAC TaskQueueDB, 12.5 d is its last). */
export const CPU_TIME_SEGMENTS: readonly number[] = [
  360, 1800, 3600, 21_600, 43_200, 86_400, 172_800, 259_200, 345_600, 518_400, 691_200, 864_000, 1_080_000,
];

export function cpuTimeSegment(seconds: number): number {
  return CPU_TIME_SEGMENTS.find((segment) => seconds <= segment) ?? CPU_TIME_SEGMENTS.at(-1)!;
}
