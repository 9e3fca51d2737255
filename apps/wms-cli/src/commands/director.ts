import { type FleetActionView, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { at, type Column } from '../output/column.ts';
import { parseWhole } from '../quantity.ts';
import { openSession } from '../session.ts';

const WHAT: readonly Column<FleetActionView>[] = [
  { title: 'ACTION', value: ({ kind }) => kind },
  { title: 'VO', value: ({ vo }) => vo },
  { title: 'PROFILE', value: ({ profile }) => profile },
  { title: 'ENDPOINT', value: ({ endpoint }) => endpoint },
  { title: 'VM', value: ({ vmId }) => vmId, shown: ({ vmId }) => vmId?.slice(0, 8) ?? '' },
];
const BECAUSE: Column<FleetActionView> = { title: 'BECAUSE', value: ({ because }) => because, shrinks: true };
const LOG: readonly Column<FleetActionView>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'ORDERED', value: ({ orderedAt }) => at(orderedAt) },
  ...WHAT,
  { title: 'STATE', value: ({ state }) => state, state: true },
  BECAUSE,
  { title: 'PROBLEM', value: ({ problem }) => problem, shrinks: true },
];

export const director: Registration = (program, context) => {
  const group = program.command('director').description('What the cloud director does, and why');

  const plan = group
    .command('plan')
    .description('Show what the director would do now; nothing is done')
    .option('--dry-run', 'as always with this command')
    .action(async () => {
      const { client, out } = await openSession(context, plan);
      const reply = await client.call(routes.planDryRun, {});
      const empty = 'nothing to do';
      out.list({ rows: reply.actions, columns: [...WHAT, BECAUSE], reply, id: ({ kind }) => kind, empty });
    });

  const log = group
    .command('log')
    .description('List what the director ordered, newest first')
    .option('-n, --limit <n>', 'how many', parseWhole, 100)
    .action(async ({ limit }: { limit: number }) => {
      const { client, out } = await openSession(context, log);
      const reply = await client.call(routes.directorLog, { query: { limit } });
      out.list({ rows: reply.actions, columns: LOG, reply, id: ({ id }) => id, empty: 'nothing was ordered yet' });
    });
};
