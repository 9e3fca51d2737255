import { type Reply, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { at, type Column } from '../output/column.ts';
import { openSession } from '../session.ts';
import { needs } from '../submission/needs.ts';

type Queue = Reply<typeof routes.listQueues>['queues'][number];

export const queues: Registration = (program, context) => {
  const command = program
    .command('queues')
    .description('List the queues with waiting jobs and what they need')
    .option('--vo <vo>', 'queues of this VO')
    .action(async ({ vo }: { vo?: string }) => {
      const { client, out } = await openSession(context, command);
      const reply = await client.call(routes.listQueues, { query: vo === undefined ? {} : { vo } });
      out.list({ rows: reply.queues, columns: COLUMNS, reply, id: ({ id }) => id, empty: 'no jobs wait' });
    });
};

const COLUMNS: readonly Column<Queue>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'VO', value: ({ vo }) => vo },
  { title: 'GROUP', value: ({ group }) => group },
  { title: 'OWNER', value: ({ owner }) => owner },
  { title: 'WAITING', value: ({ waiting }) => waiting },
  { title: 'OLDEST', value: ({ oldestAt }) => at(oldestAt) },
  { title: 'NEEDS', value: ({ requirements }) => needs(requirements), shrinks: true },
];
