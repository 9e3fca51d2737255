// Decides which service a command talks to and as whom: --url, WMS_URL/WMS_TOKEN, the saved login, a local service.
import { Client } from '@pilotfish/api-contract';
import { type Secret, WmsError } from '@pilotfish/model';
import type { Command } from 'commander';
import type { CliContext } from './cli-context.ts';
import { readCredentials } from './login/credentials.ts';
import { findLocalService } from './login/local-service.ts';
import { serviceUrl } from './login/service-url.ts';
import { Printer } from './output/printer.ts';

export interface GlobalFlags {
  readonly url?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export interface Session {
  readonly url: string;
  readonly client: Client;
  readonly out: Printer;
}

export const globalFlags = (command: Command): GlobalFlags => command.optsWithGlobals<GlobalFlags>();

export function printerOf(context: CliContext, command: Command): Printer {
  const { json = false, quiet = false } = globalFlags(command);
  return new Printer(context, { json, quiet });
}

/** Throws `unauthenticated` when no service or no token for it is known. */
export async function openSession(context: CliContext, command: Command): Promise<Session> {
  const { url, token } = await resolve(context, globalFlags(command).url);
  const client = new Client({ url, token: () => token.reveal() });
  return { url, client, out: printerOf(context, command) };
}

/** Where the service is; undefined when nothing names one. */
export async function findServiceUrl(context: CliContext, flag: string | undefined): Promise<string | undefined> {
  const found = flag ?? context.config.url ?? (await known(context))[0]?.url;
  return found === undefined ? undefined : serviceUrl(found);
}

/** A saved token goes only to the service that it was saved for. */
async function resolve(context: CliContext, flag: string | undefined): Promise<{ url: string; token: Secret }> {
  const logins = await known(context);
  const named = flag ?? context.config.url ?? logins[0]?.url;
  if (named === undefined) throw new WmsError('unauthenticated', 'you are not logged in, and no local service runs');
  const url = serviceUrl(named);
  const token = context.config.token ?? logins.find((login) => serviceUrl(login.url) === url)?.token;
  if (token === undefined) throw new WmsError('unauthenticated', `you are not logged in at ${url}`);
  return { url, token };
}

async function known({ config, cwd, projectRoot }: CliContext) {
  const logins = [await readCredentials(config.credentialsFile), await findLocalService([projectRoot, cwd])];
  return logins.filter((login) => login !== undefined);
}
