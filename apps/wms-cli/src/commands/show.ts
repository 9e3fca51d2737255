import { type AttemptView, type JobDetail, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { collectJobIds } from '../job-ids.ts';
import { at, type Column } from '../output/column.ts';
import type { Field, Printer } from '../output/printer.ts';
import { openSession } from '../session.ts';
import { needs } from '../submission/needs.ts';

export const show: Registration = (program, context) => {
  const command = program
    .command('show')
    .description('Show a job: what it needs, where it stands, its attempts')
    .argument('<id...>', 'jobs: 7, 7,9 or 7-12', collectJobIds)
    .action(async (ids: readonly number[]) => {
      const { client, out } = await openSession(context, command);
      const found: JobDetail[] = [];
      for (const id of ids) found.push(await client.call(routes.showJob, { params: { id: String(id) } }));
      if (out.form.json) return out.json(found.length === 1 ? found[0] : { jobs: found });
      if (out.form.quiet) return out.ids(found.map(({ id }) => id));
      found.forEach((job, index) => {
        if (index > 0) out.text('\n');
        print(job, out);
      });
    });
};

const ATTEMPTS: readonly Column<AttemptView>[] = [
  { title: 'N', value: ({ n }) => n },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'ENDPOINT', value: ({ endpoint }) => endpoint },
  { title: 'VM', value: ({ vmId }) => vmId, shown: ({ vmId }) => vmId.slice(0, 8) },
  { title: 'CORES', value: ({ processors }) => processors },
  { title: 'MIB', value: ({ memoryMb }) => memoryMb },
  { title: 'CLAIMED', value: ({ claimedAt }) => at(claimedAt) },
  { title: 'ENDED', value: ({ endedAt }) => at(endedAt) },
  { title: 'CPU S', value: ({ cpuS }) => cpuS },
  { title: 'RSS MIB', value: ({ maxRssMb }) => maxRssMb },
  { title: 'EXIT', value: ({ exitCode }) => exitCode },
  { title: 'REASON', value: ({ reason }) => reason, shrinks: true },
];

function print(job: JobDetail, out: Printer): void {
  out.fields(fieldsOf(job).filter(([label, value]) => label === 'id' || (value !== null && value !== '')));
  if (job.attempts.length === 0) return;
  out.section('ATTEMPTS');
  out.rows(job.attempts, ATTEMPTS);
}

function fieldsOf(job: JobDetail): Field[] {
  const { executable, arguments: args = [] } = job.description as { executable?: string; arguments?: string[] };
  return [
    ['id', job.id],
    ['name', job.name],
    ['state', job.state],
    ['minor', job.minor],
    ['application', job.applicationStatus],
    ['exit code', job.exitCode],
    ['kill reason', job.killReason],
    ['owner', `${job.owner} (${job.vo}/${job.group})`],
    ['job group', job.jobGroup],
    ['command', [executable ?? '', ...args].map(quoted).join(' ')],
    ['needs', needs(job.description)],
    ['priority', job.priority],
    ['reschedules', job.reschedules],
    [
      'labels',
      Object.entries(job.labels)
        .map((pair) => pair.join('='))
        .join(' '),
    ],
    ['submitted', at(job.submittedAt)],
    ['started', at(job.startedAt)],
    ['ended', at(job.endedAt)],
  ];
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
