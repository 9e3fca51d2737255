import { type ProfileView, profileSpec, routes } from '@pilotfish/api-contract';
import { WmsError } from '@pilotfish/model';
import { stringify } from 'yaml';
import { callerVo } from '../caller-vo.ts';
import type { CliContext, Registration } from '../cli-context.ts';
import type { Column } from '../output/column.ts';
import { checkSpec, readFields } from '../read-spec.ts';
import { openSession } from '../session.ts';
import { usageError } from '../usage-error.ts';

const COLUMNS: readonly Column<ProfileView>[] = [
  { title: 'VO', value: ({ vo }) => vo },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'VERSION', value: ({ version }) => version },
  { title: 'CORES', value: ({ capacity }) => capacity.processors },
  { title: 'MIB', value: ({ capacity }) => capacity.memoryMb },
  { title: 'MIN', value: ({ minVms }) => minVms },
  { title: 'MAX', value: ({ maxVms }) => maxVms },
  { title: 'IMAGE', value: ({ image }) => image, shrinks: true },
  { title: 'ENDPOINTS', value: ({ endpoints }) => endpoints.join(','), shrinks: true },
];

interface VoOption {
  readonly vo?: string;
}

export const profile: Registration = (program, context) => {
  const group = program.command('profile').description('VM profiles: what kind of machines a VO gets');

  const list = group
    .command('list')
    .description('List the newest version of each profile')
    .option('--vo <vo>', 'of this VO')
    .action(async ({ vo }: VoOption) => {
      const { client, out } = await openSession(context, list);
      const reply = await client.call(routes.listProfiles, { query: vo === undefined ? {} : { vo } });
      out.list({ rows: reply.profiles, columns: COLUMNS, reply, id: ({ name }) => name, empty: 'no profiles' });
    });

  const show = group
    .command('show')
    .description('Print a profile as YAML, which `profile put` takes again')
    .argument('<name>')
    .option('--vo <vo>', 'its VO, where several have one of that name')
    .action(async (name: string, { vo }: VoOption) => {
      const { client, out } = await openSession(context, show);
      const { profiles } = await client.call(routes.listProfiles, { query: vo === undefined ? {} : { vo } });
      const found = onlyOne(
        profiles.filter((one) => one.name === name),
        name,
      );
      if (out.form.json) out.json(found);
      else out.text(out.form.quiet ? `${found.name}\n` : stringify(found));
    });

  const put = group
    .command('put')
    .description('Create a profile or a new version of it from a file')
    .argument('[name]', 'default: `name` in the file')
    .requiredOption('-f, --file <file>', 'YAML or JSON; - for stdin')
    .option('--vo <vo>', 'default: `vo` in the file, else your own')
    .action(async (name: string | undefined, options: VoOption & { file: string }) => {
      const { client, out } = await openSession(context, put);
      const { spec, ...named } = await readProfile(options.file, context);
      const params = { vo: await callerVo(client, options.vo ?? named.vo), name: name ?? named.name ?? '' };
      if (params.name === '') throw usageError('which profile? write its name after `profile put`');
      const reply = await client.call(routes.putProfile, { params, body: spec });
      out.outcome(reply, reply.name, `${reply.vo}/${reply.name} is at version ${reply.version}`);
    });

  const remove = group
    .command('delete')
    .description('Retire a profile: no VM is started from it any more')
    .argument('<name>')
    .option('--vo <vo>', 'default: your own')
    .action(async (name: string, { vo }: VoOption) => {
      const { client, out } = await openSession(context, remove);
      const params = { vo: await callerVo(client, vo), name };
      await client.call(routes.deleteProfile, { params });
      out.outcome({ deleted: params }, name, `${params.vo}/${name} is retired`);
    });
};

function onlyOne(found: readonly ProfileView[], name: string): ProfileView {
  if (found.length > 1) throw usageError(`${found.map(({ vo }) => vo).join(' and ')} have a profile ${name}: add --vo`);
  if (!found[0]) throw new WmsError('unknown-profile', `there is no profile ${name}; see: wms profile list`);
  return found[0];
}

/** A file may carry what `profile show` prints beside the spec itself. */
async function readProfile(file: string, context: CliContext) {
  const { vo, name, version: _, ...spec } = await readFields(file, context);
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return { vo: text(vo), name: text(name), spec: checkSpec(profileSpec, spec, 'the profile') };
}
