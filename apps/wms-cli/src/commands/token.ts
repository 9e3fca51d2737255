import { type Client, type Reply, routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { at, type Column } from '../output/column.ts';
import { parseWhole } from '../quantity.ts';
import { openSession } from '../session.ts';

type TokenView = Reply<typeof routes.listTokens>['tokens'][number];

const COLUMNS: readonly Column<TokenView>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'USER', value: ({ user }) => user },
  { title: 'LABEL', value: ({ label }) => label, shrinks: true },
  { title: 'MADE', value: ({ createdAt }) => at(createdAt) },
  { title: 'USED', value: ({ lastUsedAt }) => at(lastUsedAt) },
  {
    title: 'EXPIRES',
    value: ({ expiresAt }) => at(expiresAt),
    shown: ({ expiresAt }) => expiresAt?.slice(0, 10) ?? 'never',
  },
  { title: 'REVOKED', value: ({ revokedAt }) => at(revokedAt) },
];

interface UserOption {
  readonly user?: string;
}

export const token: Registration = (program, context) => {
  const group = program.command('token').description('Personal tokens');

  const list = group
    .command('list')
    .description('List personal tokens, without their secrets')
    .option('--user <name>', 'of another user')
    .action(async ({ user }: UserOption) => {
      const { client, out } = await openSession(context, list);
      const reply = await client.call(routes.listTokens, { params: { name: await userName(client, user) } });
      out.list({ rows: reply.tokens, columns: COLUMNS, reply, id: ({ id }) => id, empty: 'no tokens' });
    });

  const issue = group
    .command('issue')
    .description('Issue another token; it is printed this once')
    .option('--user <name>', 'for another user')
    .option('--label <text>', 'what it is for')
    .option('--days <n>', 'how long it is valid (default: 30)', parseWhole)
    .action(async ({ user, label, days }: UserOption & { label?: string; days?: number }) => {
      const { client, out } = await openSession(context, issue);
      const body = { ...(label === undefined ? {} : { label }), ...(days === undefined ? {} : { days }) };
      const reply = await client.call(routes.issueToken, { params: { name: await userName(client, user) }, body });
      out.outcome(reply, reply.token, `token ${reply.id}, shown only now: ${reply.token}`);
    });

  const revoke = group
    .command('revoke')
    .description('Revoke a token at once')
    .argument('<id>', 'as in: wms token list', parseWhole)
    .option('--user <name>', 'of another user')
    .action(async (id: number, { user }: UserOption) => {
      const { client, out } = await openSession(context, revoke);
      const params = { name: await userName(client, user), id: String(id) };
      await client.call(routes.revokeToken, { params });
      out.outcome({ revoked: id }, id, `token ${id} of ${params.name} is revoked`);
    });
};

async function userName(client: Client, named: string | undefined): Promise<string> {
  return named ?? (await client.call(routes.whoAmI, {})).name;
}
