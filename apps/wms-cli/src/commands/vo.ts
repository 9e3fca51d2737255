import { routes, type VoView } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import type { Column } from '../output/column.ts';
import { parseReal } from '../quantity.ts';
import { openSession } from '../session.ts';

const COLUMNS: readonly Column<VoView>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'WEIGHT', value: ({ weight }) => weight },
  { title: 'DESCRIPTION', value: ({ description }) => description, shrinks: true },
];

export const vo: Registration = (program, context) => {
  const group = program.command('vo').description('Virtual organisations');

  const list = group
    .command('list')
    .description('List VOs')
    .action(async () => {
      const { client, out } = await openSession(context, list);
      const reply = await client.call(routes.listVos, {});
      out.list({
        rows: reply.vos,
        columns: COLUMNS,
        reply,
        id: ({ name }) => name,
        empty: 'no VOs; add one: wms vo add',
      });
    });

  const add = group
    .command('add')
    .description('Add a VO, or change it')
    .argument('<name>')
    .option('--description <text>', 'what it is for')
    .option('--weight <number>', 'share against the other VOs (default: 1)', parseReal)
    .action(async (name: string, options: { description?: string; weight?: number }) => {
      const { client, out } = await openSession(context, add);
      const { description, weight } = options;
      const body = {
        ...(description === undefined ? {} : { description }),
        ...(weight === undefined ? {} : { weight }),
      };
      const reply = await client.call(routes.putVo, { params: { name }, body });
      out.outcome(reply, reply.name, `VO ${reply.name} is there, weight ${reply.weight}`);
    });
};
