import { type Reply, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { at, type Column } from '../output/column.ts';
import { openSession } from '../session.ts';

type PilotView = Reply<typeof routes.listPilots>['pilots'][number];

const COLUMNS: readonly Column<PilotView>[] = [
  { title: 'ID', value: ({ id }) => id, shown: ({ id }) => id.slice(0, 8) },
  { title: 'VM', value: ({ vmId }) => vmId, shown: ({ vmId }) => vmId.slice(0, 8) },
  { title: 'VO', value: ({ vo }) => vo },
  { title: 'CURRENT', value: ({ current }) => current },
  { title: 'FREE CORES', value: ({ free }) => free.processors },
  { title: 'FREE MIB', value: ({ free }) => free.memoryMb },
  { title: 'STARTED', value: ({ startedAt }) => at(startedAt) },
  { title: 'BEAT', value: ({ lastBeatAt }) => at(lastBeatAt) },
  { title: 'VERSION', value: ({ version }) => version, shrinks: true },
];

export const pilot: Registration = (program, context) => {
  const group = program.command('pilot').description('Pilots, which fetch and run jobs on the machines');

  const list = group
    .command('list')
    .description('List the pilots of live VMs')
    .option('--vo <vo>', 'of this VO')
    .action(async ({ vo }: { vo?: string }) => {
      const { client, out } = await openSession(context, list);
      const reply = await client.call(routes.listPilots, { query: vo === undefined ? {} : { vo } });
      out.list({ rows: reply.pilots, columns: COLUMNS, reply, id: ({ id }) => id, empty: 'no pilots' });
    });
};
