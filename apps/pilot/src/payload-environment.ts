// The variables a payload sees. What the user sets wins over what the node has; the names that identify the attempt
// win over all. Never a token, a key or anything else of the pilot's own.
import { delimiter, dirname } from 'node:path';
import type { Assignment } from '@pilotfish/api-contract';

export interface EnvironmentSources {
  /** Marks every process of the VM, so that what escapes can be found. */
  readonly vmId: string;
  /** Taken over from the pilot's own environment. */
  readonly inherited: Readonly<Record<string, string>>;
  /** The VM profile's. */
  readonly profile: Readonly<Record<string, string>>;
  readonly jobFolder: string;
  readonly tmpFolder: string;
  /** Path of the node binary, whose folder is put last on PATH. */
  readonly nodeBinary: string;
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** JOBID, DIRACJOBID, DIRAC_PROCESSORS and DIRAC_JOB_PROCESSORS are set as DIRAC's job wrapper and pool do. */
export function payloadEnvironment(assignment: Assignment, sources: EnvironmentSources): Record<string, string> {
  const processors = String(assignment.granted.processors);
  const id = String(assignment.jobId);
  const path = sources.profile.PATH ?? sources.inherited.PATH ?? DEFAULT_PATH;
  return {
    ...sources.inherited,
    HOME: sources.jobFolder,
    TMPDIR: sources.tmpFolder,
    OMP_NUM_THREADS: processors,
    ...sources.profile,
    PATH: withFolder(path, dirname(sources.nodeBinary)),
    ...assignment.payload.environment,
    JOBID: id,
    DIRACJOBID: id,
    DIRAC_PROCESSORS: processors,
    DIRAC_JOB_PROCESSORS: processors,
    PILOTFISH_JOB_ID: id,
    PILOTFISH_ATTEMPT: String(assignment.n),
    PILOTFISH_JOB_NAME: assignment.name,
    PILOTFISH_OWNER: assignment.owner,
    PILOTFISH_VM: sources.vmId,
  };
}

function withFolder(path: string, folder: string): string {
  return path.split(delimiter).includes(folder) ? path : `${path}${delimiter}${folder}`;
}
