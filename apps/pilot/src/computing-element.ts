// What runs a payload. Elements are composed, `pooled(direct(…))`: an outer one adds a property, the innermost runs.
import type { Assignment } from '@pilotfish/api-contract';
import type { Resources } from '@pilotfish/model';
import type { Ending } from './exit-reason.ts';
import type { JobFolder, OpenStreams } from './job-folder.ts';
import { Pool } from './pool.ts';

export interface Usage {
  readonly cpuS: number;
  readonly rssMb: number;
}

export interface PayloadRun {
  readonly assignment: Assignment;
  readonly folder: JobFolder;
  readonly streams: OpenStreams;
  readonly environment: Readonly<Record<string, string>>;
  /** Aborted with a StopOrder as reason. */
  readonly signal: AbortSignal;
  readonly onUsage: (usage: Usage) => void;
}

export interface RunResult {
  readonly ending: Ending;
  readonly wallS: number;
  readonly cpuS: number;
  readonly maxRssMb: number;
}

export interface ComputingElement {
  /** Resolves when nothing of the payload is left; rejects only for a fault of the node. */
  run(payload: PayloadRun): Promise<RunResult>;
}

export interface PooledElement extends ComputingElement {
  readonly pool: Pool;
}

export function pooled(inner: ComputingElement, total: Resources): PooledElement {
  return { pool: new Pool(total), run: (payload) => inner.run(payload) };
}
