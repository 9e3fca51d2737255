// The jobs that a filter names, as SQL. Each set of restrictions is a statement of its own, so that the server plans for
// those that are there: one statement for all of them would read every job to find one.
import type { JobFilter } from '@pilotfish/workload';
import { type Statement, sql } from '../database.ts';

const RESTRICTIONS = {
  vo: (value) => `j.vo = ${value}`,
  owner: (value) => `j.owner = ${value}`,
  group: (value) => `j.grp = ${value}`,
  jobGroup: (value) => `j.job_group = ${value} AND j.job_group <> ''`,
  name: (value) => `j.name LIKE replace(${value}, '*', '%')`,
  states: (value) => `j.state = ANY(${value})`,
  ids: (value) => `j.id = ANY(${value}::bigint[])`,
  before: (value) => `j.id < ${value}`,
} as const satisfies Partial<Record<keyof JobFilter, (value: string) => string>>;

type Restriction = keyof typeof RESTRICTIONS;

/** `textOf` puts the condition on alias `j`, and a placeholder for `last`, into the statement. Deleted jobs show only when their state is asked for. */
export function filtered(
  name: string,
  filter: JobFilter,
  textOf: (where: string, placeholder: string) => string,
  last?: unknown,
): readonly [Statement, readonly unknown[]] {
  const given = (Object.keys(RESTRICTIONS) as Restriction[]).filter((field) => filter[field] !== undefined);
  const conditions = given.map((field, index) => RESTRICTIONS[field](`$${index + 1}`));
  if (filter.states === undefined) conditions.push(`j.state <> 'Deleted'`);
  const values = [...given.map((field) => filter[field]), ...(last === undefined ? [] : [last])];
  return [sql([name, ...given].join('_'), textOf(conditions.join(' AND '), `$${given.length + 1}`)), values];
}
