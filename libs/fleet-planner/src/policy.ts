// The deployment's own limits and patience; what is particular to a cloud or a VO stands in its endpoint and profiles.

export interface Policy {
  readonly maxVmsPerVo: number;
  /** Launch rate: at most this many in one plan, all clouds together. */
  readonly maxLaunchesPerCycle: number;
  /** A VM that would be at least this full counts as well used; of such, the one that serves most cores is started. */
  readonly goodFill: number;
  /** Failures in a row at one endpoint that stop launches there. */
  readonly breakerFailures: number;
  /** Older failures are forgotten. */
  readonly breakerWindowS: number;
  /** Pause after the last failure, before one VM probes the endpoint. */
  readonly coolDownS: number;
  /** An observation older than this says nothing about what exists. */
  readonly staleAfterS: number;
  /** Silence after which a machine that the cloud doesn't list is taken for gone. */
  readonly goneGraceS: number;
  /** Silence before a report of the machine as off or in error that makes the report believed. */
  readonly deadSilenceS: number;
  readonly strangerGraceS: number;
  /** Beyond the profile's `lostAfterS`, and at least this long in state stalled. */
  readonly lostGraceS: number;
  /** How long a stopping VM may hold on to an attempt. */
  readonly stopTimeoutS: number;
  /** Draining begins this long before the end of life, but never in its first nine tenths. */
  readonly expiryMarginS: number;
  /** For VMs whose profile has been removed. */
  readonly withoutProfile: Lifetimes;
}

/** Seconds, as in VmProfile. */
export interface Lifetimes {
  readonly idleS: number;
  readonly maxLifeS: number;
  readonly bootTimeoutS: number;
  readonly lostAfterS: number;
}

export const DEFAULT_POLICY: Policy = {
  maxVmsPerVo: 100,
  maxLaunchesPerCycle: 10,
  goodFill: 0.75,
  breakerFailures: 3,
  breakerWindowS: 3600,
  coolDownS: 300,
  staleAfterS: 600,
  goneGraceS: 120,
  deadSilenceS: 5,
  strangerGraceS: 900,
  lostGraceS: 300,
  stopTimeoutS: 600,
  expiryMarginS: 600,
  withoutProfile: { idleS: 300, maxLifeS: 86_400, bootTimeoutS: 900, lostAfterS: 600 },
};
