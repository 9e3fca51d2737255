// The way of one attempt: folder, inputs, payload under watchdog, logs, outputs, report, tidy up. It never throws:
// whatever happens becomes the attempt's outcome.
import type { Assignment, Client, Outcome } from '@pilotfish/api-contract';
import { MINOR } from '@pilotfish/model';
import type { Attempt } from './attempt.ts';
import type { ComputingElement, RunResult } from './computing-element.ts';
import type { Delivery } from './delivery.ts';
import { type Ending, verdictOf } from './exit-reason.ts';
import type { FolderSweeper } from './folder-sweeper.ts';
import { fetchInputs } from './input-sandbox.ts';
import { closeStreams, type JobFolder, makeJobFolder, openStreams } from './job-folder.ts';
import type { LogShipping } from './log-shipping.ts';
import { errnoOf, isNodeFault, messageOf } from './node-fault.ts';
import { type OutputReport, sendOutputs, withOutputs } from './output-report.ts';
import { type EnvironmentSources, payloadEnvironment } from './payload-environment.ts';

export interface JobRunParts {
  readonly client: Client;
  readonly element: ComputingElement;
  readonly delivery: Delivery;
  readonly logs: LogShipping;
  readonly sweeper: FolderSweeper;
  /** Folder of the attempts' folders. */
  readonly work: string;
  readonly environment: Omit<EnvironmentSources, 'jobFolder' | 'tmpFolder'>;
}

const NOT_RUN = { wallS: 0, cpuS: 0, maxRssMb: 0 };

export async function runJob(assignment: Assignment, attempt: Attempt, parts: JobRunParts): Promise<Outcome> {
  let result: RunResult = { ending: { kind: 'exited', code: 0 }, ...NOT_RUN };
  let outputs: OutputReport | undefined;
  let folder: JobFolder | undefined;
  try {
    folder = await makeJobFolder(parts.work, attempt.ref);
    result = await inputsAndPayload(assignment, attempt, folder, parts);
    attempt.phase = 'completing';
    if (result.ending.kind !== 'stopped') outputs = await sendOutputs(assignment, folder.job, parts.delivery);
  } catch (error) {
    result = { ...result, ending: faultOf(error) };
  }
  const outcome = outcomeOf(result, outputs);
  await parts.delivery.outcome(attempt.ref, outcome);
  if (folder !== undefined) parts.sweeper.sweep(folder.path);
  return outcome;
}

async function inputsAndPayload(
  assignment: Assignment,
  attempt: Attempt,
  folder: JobFolder,
  parts: JobRunParts,
): Promise<RunResult> {
  const stopped = () => attempt.stopOrder && ({ kind: 'stopped', order: attempt.stopOrder } as const);
  const failed = await fetchInputs(parts.client, assignment, folder.job, attempt.signal);
  const early = stopped() ?? failed;
  return early === undefined ? payload(assignment, attempt, folder, parts) : { ending: early, ...NOT_RUN };
}

async function payload(
  assignment: Assignment,
  attempt: Attempt,
  folder: JobFolder,
  { element, delivery, logs, environment }: JobRunParts,
): Promise<RunResult> {
  const streams = await openStreams(folder, assignment.payload.stdout, assignment.payload.stderr);
  const followed = logs.follow(attempt.ref, streams, (tail) => {
    attempt.tail = tail;
  });
  attempt.phase = 'running';
  const announced = delivery.running(attempt.ref, MINOR.application).then((ours) => {
    if (!ours) attempt.stop({ kind: 'killed', reason: 'the attempt is no longer this pilot’s', graceMs: 1000 });
  });
  try {
    return await element.run({
      assignment,
      folder,
      streams,
      environment: payloadEnvironment(assignment, { ...environment, jobFolder: folder.job, tmpFolder: folder.tmp }),
      signal: attempt.signal,
      onUsage: (usage) => {
        attempt.usage = usage;
      },
    });
  } finally {
    // The centre must not hear of `running` after the outcome.
    await Promise.all([followed.finish(), announced]);
    closeStreams(streams);
  }
}

function faultOf(error: unknown): Ending {
  const reason = messageOf(error);
  // A name the user chose that can't be a file here can't be one anywhere.
  if (!isNodeFault(error) && ['EISDIR', 'ELOOP', 'ENOTDIR', 'ENAMETOOLONG', 'EEXIST'].includes(errnoOf(error) ?? '')) {
    return { kind: 'refused', minor: MINOR.applicationErrors, reason };
  }
  return { kind: 'node-fault', reason };
}

function outcomeOf(result: RunResult, outputs: OutputReport | undefined): Outcome {
  const { verdict, digest } = withOutputs(verdictOf(result.ending), outputs);
  return {
    ...verdict,
    wallS: result.wallS,
    cpuS: result.cpuS,
    maxRssMb: Math.round(result.maxRssMb * 10) / 10,
    outputSandbox: digest,
  };
}
