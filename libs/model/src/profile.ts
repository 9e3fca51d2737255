import type { Resources } from './offer.ts';

/** A kind of VM that a VO may have started for its jobs. Versioned: a change makes a new version. */
export interface VmProfile {
  readonly vo: string;
  readonly name: string;
  readonly version: number;
  /** Endpoints in order of preference. */
  readonly endpoints: readonly string[];
  readonly image: string;
  readonly capacity: Resources;
  readonly platforms: readonly string[];
  readonly tags: readonly string[];
  readonly requiredTags: readonly string[];
  readonly jobTypes: readonly string[];
  readonly owners: readonly string[];
  readonly groups: readonly string[];
  readonly minVms: number;
  readonly maxVms: number;
  /** Seconds without an attempt after which the VM is retired. */
  readonly idleS: number;
  /** Longest life in seconds. */
  readonly maxLifeS: number;
  /** Seconds from launch to activation before the boot counts as failed; the activation key lives as long. */
  readonly bootTimeoutS: number;
  /** Seconds without a beat after which the pilot's attempts are requeued. */
  readonly lostAfterS: number;
  /** Seconds after which an empty VM that can't reach the centre halts itself. */
  readonly isolatedAfterS: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly packages: readonly string[];
}
