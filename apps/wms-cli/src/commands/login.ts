import { ApiError, Client, routes, type UserView } from '@pilotfish/api-contract';
import { Secret } from '@pilotfish/model';
import type { CliContext, Registration } from '../cli-context.ts';
import { writeCredentials } from '../login/credentials.ts';
import { isOpenToReaders } from '../login/service-url.ts';
import { findServiceUrl, globalFlags, printerOf } from '../session.ts';
import { usageError } from '../usage-error.ts';

export const login: Registration = (program, context) => {
  const command = program
    .command('login')
    .description('Save the address of a service and your personal token for it')
    .option('--token-stdin', 'read the token from stdin')
    .action(async ({ tokenStdin = false }: { tokenStdin?: boolean }) => {
      const out = printerOf(context, command);
      const url = await findServiceUrl(context, globalFlags(command).url);
      if (url === undefined) throw usageError('which service? add --url, e.g. --url https://wms.example.org');
      if (isOpenToReaders(url)) out.warn(`warning: ${url} is not encrypted; others can read the token on its way`);
      const token = await askToken(context, url, tokenStdin);
      const user = await verified(url, token);
      await writeCredentials(context.config.credentialsFile, { url, token });
      if (out.form.json) out.json(user);
      else out.line(out.form.quiet ? user.name : `logged in to ${url} as ${user.name}`);
      if (context.config.token) out.warn('warning: WMS_TOKEN is set and goes before the saved login');
    });
};

async function askToken({ io }: CliContext, url: string, fromStdin: boolean): Promise<Secret> {
  if (!fromStdin && !io.stdinIsTTY) throw usageError('no terminal to ask for the token; add --token-stdin');
  const token = (await (fromStdin ? io.readStdin() : io.askSecret(`token for ${url}: `))).trim();
  if (!/^[\x21-\x7e]+$/.test(token))
    throw usageError('that is no token; an operator or VO admin makes one with: wms user add');
  return new Secret(token);
}

async function verified(url: string, token: Secret): Promise<UserView> {
  try {
    return await new Client({ url, token: () => token.reveal() }).call(routes.whoAmI, {});
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.status !== 401) throw error;
    const detail = `${url} doesn't accept this token; nothing was saved (${error.problem.detail})`;
    throw new ApiError({ ...error.problem, detail });
  }
}
