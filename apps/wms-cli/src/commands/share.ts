import { routes, type ShareView } from '@pilotfish/api-contract';
import { callerVo } from '../caller-vo.ts';
import type { Registration } from '../cli-context.ts';
import type { Column } from '../output/column.ts';
import { parseReal } from '../quantity.ts';
import { openSession } from '../session.ts';

const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

const COLUMNS: readonly Column<ShareView>[] = [
  { title: 'VO', value: ({ vo }) => vo },
  { title: 'GROUP', value: ({ group, shared }) => (group !== null && shared ? `${group} (shared)` : group) },
  { title: 'USER', value: ({ owner }) => owner },
  { title: 'WEIGHT', value: ({ weight }) => weight },
  { title: 'TARGET', value: ({ target }) => percent(target) },
  { title: 'ACTUAL', value: ({ actual }) => percent(actual) },
  { title: 'USED CORE-S', value: ({ usedCoreS }) => Math.round(usedCoreS) },
  { title: 'DEBT CORE-S', value: ({ debtCoreS }) => Math.round(debtCoreS) },
];

export const shares: Registration = (program, context) => {
  const command = program
    .command('shares')
    .description('Show what VOs, groups and users should get, and what they got')
    .option('--vo <vo>', 'of this VO')
    .action(async ({ vo }: { vo?: string }) => {
      const { client, out } = await openSession(context, command);
      const reply = await client.call(routes.listShares, { query: vo === undefined ? {} : { vo } });
      out.list({ rows: reply.shares, columns: COLUMNS, reply, id: nameOf, empty: 'nothing is shared yet' });
    });
};

interface Options {
  readonly vo?: string;
  readonly group: string;
  readonly user?: string;
  readonly weight?: number;
  readonly burst?: number;
  readonly shared?: boolean;
}

export const share: Registration = (program, context) => {
  const group = program.command('share').description('Weights of groups and users');
  const set = group
    .command('set')
    .description('Set the weight of a group, or of a user in it')
    .option('--vo <vo>', 'its VO (default: yours)')
    .requiredOption('--group <group>', 'the group')
    .option('--user <user>', 'a user of the group')
    .option('--weight <number>', 'against its siblings; 0: only when nothing else fits', parseReal)
    .option('--burst <core-seconds>', 'what it may catch up after a rest', parseReal)
    .option('--shared', 'the users of the group share one turn')
    .option('--no-shared', 'each user of the group has turns of his own')
    .action(async (options: Options) => {
      const { client, out } = await openSession(context, set);
      const vo = await callerVo(client, options.vo);
      const { group: name, user: owner, weight, burst: burstCoreS, shared } = options;
      const said = Object.entries({ group: name, owner, weight, burstCoreS, shared }).filter(([, one]) => one != null);
      const body = { shares: [Object.fromEntries(said) as { group: string }] };
      const reply = await client.call(routes.putShares, { params: { vo }, body });
      const node = reply.shares.find((one) => one.group === name && one.owner === (owner ?? null));
      const id = [vo, name, ...(owner === undefined ? [] : [owner])].join('/');
      out.outcome(reply, id, `${id} has weight ${node?.weight}`);
    });
};

const nameOf = ({ vo, group, owner }: ShareView): string =>
  [vo, group, owner].filter((name) => name !== null).join('/');
