import type { Registration } from '../cli-context.ts';
import { eraseCredentials } from '../login/credentials.ts';
import { printerOf } from '../session.ts';

export const logout: Registration = (program, context) => {
  const command = program
    .command('logout')
    .description('Forget the saved login; the token itself stays valid until it is revoked')
    .action(async () => {
      const out = printerOf(context, command);
      const erased = await eraseCredentials(context.config.credentialsFile);
      if (out.form.json) out.json({ erased });
      else if (!out.form.quiet) out.line(erased ? 'logged out' : 'nobody was logged in');
    });
};
