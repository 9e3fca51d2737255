import { type Client, type JobView, type Query, routes } from '@pilotfish/api-contract';
import type { JobState } from '@pilotfish/model';
import type { Registration } from '../cli-context.ts';
import { at, type Column, span } from '../output/column.ts';
import { secondsBetween } from '../output/duration.ts';
import type { Printer } from '../output/printer.ts';
import { parseWhole } from '../quantity.ts';
import { groupOptions } from '../select-jobs.ts';
import { openSession } from '../session.ts';
import { usageError } from '../usage-error.ts';

interface JobsOptions {
  readonly group?: string;
  readonly jobGroup?: string;
  readonly state?: readonly JobState[];
  readonly owner?: string;
  readonly vo?: string;
  readonly userGroup?: string;
  readonly name?: string;
  readonly limit: number;
  readonly all?: boolean;
  readonly cursor?: string;
  readonly count?: boolean;
}

const PAGE = 1000;

export const jobs: Registration = (program, context) => {
  const command = program.command('jobs').alias('ls').description('List jobs, newest first');
  groupOptions(command)
    .option('--vo <vo>', 'jobs of this VO')
    .option('--user-group <group>', 'jobs of this group of the VO')
    .option('--name <name>', 'jobs of this name')
    .option('-n, --limit <n>', 'how many', parseWhole, 50)
    .option('-a, --all', 'all there are')
    .option('--cursor <cursor>', 'go on where an earlier list ended (`next` of its JSON)')
    .option('--count', 'only the number of jobs in each state')
    .action(async (options: JobsOptions) => {
      if (options.limit === 0) throw usageError('-n 0 lists nothing; give at least 1, or --count');
      const { client, out } = await openSession(context, command);
      if (options.count) return printCounts(client, options, out);
      const reply = await pages(client, options);
      out.list({ rows: reply.jobs, columns: COLUMNS, reply, id: ({ id }) => id, empty: 'no jobs' });
      if (reply.next !== null) out.note(`the newest ${reply.jobs.length}; add -n N or --all for more`);
    });
};

const COLUMNS: readonly Column<JobView>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'NAME', value: ({ name }) => name, shrinks: true },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'MINOR', value: ({ minor }) => minor, shrinks: true },
  { title: 'VO', value: ({ vo }) => vo, shrinks: true },
  { title: 'OWNER', value: ({ owner }) => owner, shrinks: true },
  { title: 'GROUP', value: ({ jobGroup }) => jobGroup, shrinks: true },
  { title: 'AGE', value: ({ submittedAt }) => at(submittedAt) },
  { title: 'RAN', value: ({ startedAt, endedAt }) => ran(startedAt, endedAt) },
  { title: 'EXIT', value: ({ exitCode }) => exitCode },
];

function ran(startedAt: string | null, endedAt: string | null) {
  if (startedAt === null) return null;
  return endedAt === null ? at(startedAt) : span(secondsBetween(startedAt, endedAt));
}

function filterOf({ group, jobGroup, owner, vo, userGroup, name }: JobsOptions) {
  return { jobGroup: group ?? jobGroup, owner, vo, group: userGroup, name };
}

/** As many pages as were asked for, in one. */
async function pages(client: Client, options: JobsOptions): Promise<{ jobs: JobView[]; next: string | null }> {
  const wanted = options.all ? Number.POSITIVE_INFINITY : options.limit;
  const found: JobView[] = [];
  let next: string | null = options.cursor ?? null;
  do {
    const limit = Math.min(PAGE, wanted - found.length);
    const query = given({ ...filterOf(options), state: options.state, limit, cursor: next ?? undefined });
    const page = await client.call(routes.listJobs, { query });
    found.push(...page.jobs);
    next = page.next;
  } while (next !== null && found.length < wanted);
  return { jobs: found, next };
}

function given(query: Readonly<Record<string, unknown>>): Query<typeof routes.listJobs> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
}

async function printCounts(client: Client, options: JobsOptions, out: Printer): Promise<void> {
  const reply = await client.call(routes.countJobs, { query: given(filterOf(options)) });
  const rows = Object.entries(reply.counts).filter(([state]) => options.state?.includes(state as JobState) ?? true);
  const columns: Column<[string, number]>[] = [
    { title: 'STATE', value: ([state]) => state, state: true },
    { title: 'JOBS', value: ([, count]) => count },
  ];
  out.list({ rows, columns, reply, id: ([state]) => state, empty: 'no jobs' });
}
