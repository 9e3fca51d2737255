// What the attributes of one JDL have said so far. Some only make sense together and are settled at the end.
import type { JobDescriptionInput } from '@pilotfish/api-contract';

type Resources = NonNullable<JobDescriptionInput['resources']>;
type Restrictions = NonNullable<JobDescriptionInput['requirements']>;

/** Numbers that make a sequence: value(0) = start, value(n) = value(n-1) × factor + step. */
export interface SequenceDraft {
  list?: readonly (string | number)[];
  start?: number;
  step?: number;
  factor?: number;
}

export interface Draft {
  readonly top: Partial<JobDescriptionInput>;
  readonly resources: Resources;
  readonly restrictions: Restrictions;
  readonly processors: { exact?: number; min?: number; max?: number };
  readonly memory: { min?: number; max?: number };
  readonly environment: Map<string, string>;
  readonly labels: Map<string, string>;
  readonly inputFiles: string[];
  readonly sandboxes: string[];
  readonly inputData: string[];
  readonly outputData: string[];
  /** `Parameters` given as a count. */
  count?: number;
  readonly sequences: Map<string, SequenceDraft>;
}

export function emptyDraft(): Draft {
  return {
    top: {},
    resources: {},
    restrictions: {},
    processors: {},
    memory: {},
    environment: new Map(),
    labels: new Map(),
    inputFiles: [],
    sandboxes: [],
    inputData: [],
    outputData: [],
    sequences: new Map(),
  };
}
