import { type JobEventView, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { parseJobId } from '../job-ids.ts';
import { at, type Column } from '../output/column.ts';
import { openSession } from '../session.ts';

export const history: Registration = (program, context) => {
  const command = program
    .command('history')
    .description('Show every state a job went through')
    .argument('<id>', 'the job', parseJobId)
    .action(async (id: number) => {
      const { client, out } = await openSession(context, command);
      const reply = await client.call(routes.jobHistory, { params: { id: String(id) } });
      out.list({ rows: reply.events, columns: COLUMNS, reply, id: ({ state }) => state, empty: 'no history' });
    });
};

const COLUMNS: readonly Column<JobEventView>[] = [
  { title: 'AGO', value: (event) => at(event.at) },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'MINOR', value: ({ minor }) => minor, shrinks: true },
  { title: 'APPLICATION', value: ({ applicationStatus }) => applicationStatus, shrinks: true },
  { title: 'ATTEMPT', value: ({ attempt }) => attempt },
  { title: 'SOURCE', value: ({ source }) => source },
];
