import { type EndpointView, endpointSpec, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { at, type Column } from '../output/column.ts';
import { checkSpec, readFields } from '../read-spec.ts';
import { openSession } from '../session.ts';
import { usageError } from '../usage-error.ts';

const COLUMNS: readonly Column<EndpointView>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'KIND', value: ({ kind }) => kind },
  { title: 'SITE', value: ({ site }) => site },
  { title: 'ENABLED', value: ({ enabled }) => enabled },
  { title: 'REACHABLE', value: ({ reachable }) => reachable },
  { title: 'VMS', value: ({ vms }) => vms },
  { title: 'MAX VMS', value: ({ maxVms }) => maxVms },
  { title: 'MAX CORES', value: ({ maxProcessors }) => maxProcessors },
  { title: 'SEEN', value: ({ observedAt }) => at(observedAt) },
  { title: 'PROBLEM', value: ({ problem }) => problem, shrinks: true },
];

/** What the service says of an endpoint beside its spec. */
const OBSERVED = new Set(['name', 'observedAt', 'reachable', 'problem', 'vms']);

export const endpoint: Registration = (program, context) => {
  const group = program.command('endpoint').description('Clouds the service may use');

  const list = group
    .command('list')
    .description('List endpoints and how they were last seen')
    .action(async () => {
      const { client, out } = await openSession(context, list);
      const reply = await client.call(routes.listEndpoints, {});
      out.list({ rows: reply.endpoints, columns: COLUMNS, reply, id: ({ name }) => name, empty: 'no endpoints' });
    });

  const put = group
    .command('put')
    .description('Create or change an endpoint from a file')
    .argument('[name]', 'default: `name` in the file')
    .requiredOption('-f, --file <file>', 'YAML or JSON; - for stdin')
    .action(async (named: string | undefined, { file }: { file: string }) => {
      const { client, out } = await openSession(context, put);
      const fields = await readFields(file, context);
      const name = named ?? fields.name;
      if (typeof name !== 'string') throw usageError('which endpoint? write its name after `endpoint put`');
      const spec = Object.fromEntries(Object.entries(fields).filter(([key]) => !OBSERVED.has(key)));
      const body = checkSpec(endpointSpec, spec, 'the endpoint');
      const reply = await client.call(routes.putEndpoint, { params: { name }, body });
      out.outcome(reply, reply.name, `endpoint ${reply.name} (${reply.kind}) is there`);
    });
};
