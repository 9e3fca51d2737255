// `kill`, `reschedule` and `delete` alike: which jobs are meant, the call, and what came of it.
import { type Body, type Changed, type Client, type routes } from '@pilotfish/api-contract';
import { JOB_STATES, type JobState } from '@pilotfish/model';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CliContext } from './cli-context.ts';
import { EXIT } from './exit-status.ts';
import { collectJobIds } from './job-ids.ts';
import type { Printer } from './output/printer.ts';
import { openSession } from './session.ts';
import { usageError } from './usage-error.ts';

type Selection = Body<typeof routes.killJobs>;

interface SelectionOptions {
  readonly group?: string;
  readonly jobGroup?: string;
  readonly state?: readonly JobState[];
  readonly owner?: string;
  readonly reason?: string;
}

export interface SelectionCommand {
  readonly name: string;
  readonly description: string;
  /** As in `killed 3 jobs`. */
  readonly past: string;
  readonly call: (client: Client, body: Selection) => Promise<Changed>;
}

/** States are understood in any letter case; several may stand with commas. */
export function collectStates(text: string, before: readonly JobState[] | undefined): JobState[] {
  const states = text.split(',').map((name) => {
    const state = JOB_STATES.find((one) => one.toLowerCase() === name.trim().toLowerCase());
    if (!state) throw new InvalidArgumentError(`There is no state ${name}; there are ${JOB_STATES.join(', ')}.`);
    return state;
  });
  return [...(before ?? []), ...states];
}

export function groupOptions(command: Command): Command {
  return command
    .option('-g, --group <job-group>', 'jobs of this job group')
    .addOption(new Option('--job-group <job-group>').hideHelp())
    .option('-s, --state <state>', 'jobs in this state; may be given several times', collectStates)
    .option('--owner <user>', 'jobs of this user');
}

export function addSelectionCommand(program: Command, context: CliContext, spec: SelectionCommand): void {
  const command = program
    .command(spec.name)
    .description(spec.description)
    .argument('[id...]', 'jobs: 7, 7,9 or 7-12', collectJobIds)
    .option('--reason <text>', 'why; stays in the history of the job');
  groupOptions(command).action(async (ids: readonly number[] | undefined, options: SelectionOptions) => {
    const body = selectionOf(ids ?? [], options);
    const { client, out } = await openSession(context, command);
    const changed = await spec.call(client, body);
    print(changed, spec.past, out);
    if (changed.refused.length > 0) context.endWith(EXIT.failed);
  });
}

function selectionOf(ids: readonly number[], { group, jobGroup, state, owner, reason }: SelectionOptions): Selection {
  const named = group ?? jobGroup;
  const selection: Selection = {
    ...(ids.length > 0 ? { ids: [...ids] } : {}),
    ...(named === undefined ? {} : { jobGroup: named }),
    ...(state === undefined ? {} : { states: [...state] }),
    ...(owner === undefined ? {} : { owner }),
  };
  if (Object.keys(selection).length === 0) throw usageError('which jobs? give ids, --group, --state or --owner');
  return reason === undefined ? selection : { ...selection, reason };
}

function print(changed: Changed, past: string, out: Printer): void {
  if (out.form.json) {
    out.json(changed);
    return;
  }
  if (out.form.quiet || !out.forPeople) out.ids(changed.done);
  else if (changed.done.length > 0) out.line(`${past} ${idList(changed.done)}`);
  else if (changed.refused.length === 0) out.line('no such jobs');
  for (const { id, detail } of changed.refused) out.warn(`job ${id}: ${detail}`);
}

/** `job 7`, `12 jobs: 7–12, 15`. */
export function idList(ids: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && id === last[1] + 1) last[1] = id;
    else runs.push([id, id]);
  }
  const texts = runs.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return ids.length === 1 ? `job ${texts[0]}` : `${ids.length} jobs: ${texts.join(', ')}`;
}
