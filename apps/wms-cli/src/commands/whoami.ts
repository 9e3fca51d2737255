import { routes } from '@pilotfish/api-contract';
import type { Registration } from '../cli-context.ts';
import { openSession } from '../session.ts';

export const whoami: Registration = (program, context) => {
  const command = program
    .command('whoami')
    .description('Show who you are logged in as, and where')
    .action(async () => {
      const { client, url, out } = await openSession(context, command);
      const user = await client.call(routes.whoAmI, {});
      if (out.form.json) out.json(user);
      else if (out.form.quiet) out.line(user.name);
      else
        out.fields([
          ['user', user.name],
          ['vo', user.vo],
          ['group', user.group],
          ['role', user.role],
          ['service', url],
        ]);
    });
};
