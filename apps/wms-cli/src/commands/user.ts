import { routes, type UserView } from '@pilotfish/api-contract';
import { ROLES, type Role } from '@pilotfish/model';
import { Option } from 'commander';
import type { Registration } from '../cli-context.ts';
import type { Column } from '../output/column.ts';
import { openSession } from '../session.ts';

const COLUMNS: readonly Column<UserView>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'VO', value: ({ vo }) => vo },
  { title: 'GROUP', value: ({ group }) => group },
  { title: 'ROLE', value: ({ role }) => role },
];

interface AddOptions {
  readonly vo?: string;
  readonly group?: string;
  readonly role?: Role;
}

export const user: Registration = (program, context) => {
  const group = program.command('user').description('People who may use the service');

  const list = group
    .command('list')
    .description('List users')
    .action(async () => {
      const { client, out } = await openSession(context, list);
      const reply = await client.call(routes.listUsers, {});
      out.list({ rows: reply.users, columns: COLUMNS, reply, id: ({ name }) => name, empty: 'no users' });
    });

  const add = group
    .command('add')
    .description('Add a user; prints a first personal token, this once (-q: the token alone)')
    .argument('<name>')
    .option('--vo <vo>', 'the VO of the user; only an operator has none')
    .option('--group <group>', 'group in the VO (default: users)')
    .addOption(new Option('--role <role>', 'what the user may do').choices(ROLES).default('user'))
    .action(async (name: string, { vo, group: voGroup, role }: AddOptions) => {
      const { client, out } = await openSession(context, add);
      const body = { name, ...(vo && { vo }), ...(voGroup && { group: voGroup }), ...(role && { role }) };
      const reply = await client.call(routes.addUser, { body });
      if (out.form.json) return out.json(reply);
      if (out.form.quiet) return out.line(reply.token);
      if (!out.forPeople) return out.line(`${reply.user.name}\t${reply.token}`);
      out.line(`added ${reply.user.role} ${reply.user.name}${reply.user.vo ? ` of ${reply.user.vo}` : ''}`);
      out.line(`token, shown only now: ${reply.token}`);
    });
};
