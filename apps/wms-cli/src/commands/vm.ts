import { type Query, routes, type VmView } from '@pilotfish/api-contract';
import { VM_STATES } from '@pilotfish/model';
import { type Command, Option } from 'commander';
import type { CliContext, Registration } from '../cli-context.ts';
import { findVm } from '../find-vm.ts';
import { at, type Column, span } from '../output/column.ts';
import { parseWhole } from '../quantity.ts';
import { openSession } from '../session.ts';
import { addVmShow } from './vm-show.ts';

const COLUMNS: readonly Column<VmView>[] = [
  { title: 'ID', value: ({ id }) => id, shown: ({ id }) => id.slice(0, 8) },
  { title: 'VO', value: ({ vo }) => vo },
  { title: 'PROFILE', value: ({ profile }) => profile, shrinks: true },
  { title: 'ENDPOINT', value: ({ endpoint }) => endpoint, shrinks: true },
  { title: 'STATE', value: ({ state }) => state, state: true },
  { title: 'JOBS', value: ({ jobs }) => jobs },
  { title: 'BUSY', value: ({ processorsBusy }) => processorsBusy },
  { title: 'CORES', value: ({ capacity }) => capacity.processors },
  { title: 'LOAD', value: ({ health }) => health?.load1, shown: ({ health }) => health?.load1.toFixed(2) ?? '-' },
  { title: 'BEAT', value: ({ lastBeatAgeS }) => span(lastBeatAgeS) },
  { title: 'AGE', value: ({ orderedAt }) => at(orderedAt) },
  { title: 'BECAUSE', value: ({ because, retireReason }) => retireReason ?? because, shrinks: true },
];

interface ListOptions {
  readonly vo?: string;
  readonly state?: VmView['state'][];
  readonly all?: boolean;
  readonly limit: number;
}

export const vm: Registration = (program, context) => {
  const group = program.command('vm').description('Machines');

  const list = group
    .command('list')
    .description('List VMs, newest first')
    .option('--vo <vo>', 'of this VO')
    .addOption(new Option('-s, --state <state...>', 'in this state').choices(VM_STATES))
    .option('-a, --all', 'ended ones too')
    .option('-n, --limit <n>', 'how many', parseWhole, 200)
    .action(async ({ vo, state, all, limit }: ListOptions) => {
      const { client, out } = await openSession(context, list);
      const query: Query<typeof routes.listVms> = {
        limit,
        ...(vo && { vo }),
        ...(state && { state }),
        ...(all && { all }),
      };
      const reply = await client.call(routes.listVms, { query });
      out.list({ rows: reply.vms, columns: COLUMNS, reply, id: ({ id }) => id, empty: 'no VMs' });
    });

  addVmShow(group, context);
  addOrder(group, context, 'drain', 'Let a VM take no new jobs; it retires when its last has ended');
  addOrder(group, context, 'stop', 'Retire a VM now; its jobs are queued again');
};

function addOrder(group: Command, context: CliContext, name: 'drain' | 'stop', description: string): void {
  const command = group
    .command(name)
    .description(description)
    .argument('<id>', 'the VM, or the beginning of its id')
    .option('--reason <text>', 'why; stays in its timeline')
    .action(async (start: string, { reason }: { reason?: string }) => {
      const { client, out } = await openSession(context, command);
      const params = { id: await findVm(client, start) };
      const route = name === 'drain' ? routes.drainVm : routes.stopVm;
      const reply = await client.call(route, { params, body: reason === undefined ? {} : { reason } });
      const open = `${reply.jobs} open ${reply.jobs === 1 ? 'job' : 'jobs'}`;
      out.outcome(reply, reply.id, `VM ${reply.id} is ${reply.state}, with ${open}`);
    });
}
