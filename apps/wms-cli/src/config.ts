// What the CLI takes from the environment; nothing else reads it.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { Secret } from '@pilotfish/model';

export interface CliConfig {
  /** WMS_URL */
  readonly url: string | undefined;
  /** WMS_TOKEN */
  readonly token: Secret | undefined;
  /** DATABASE_URL: `up` uses this server in place of an embedded one. */
  readonly databaseUrl: Secret | undefined;
  /** Holds the saved login. */
  readonly credentialsFile: string;
  /** False with NO_COLOR (no-color.org) or on a terminal without colours. */
  readonly colour: boolean;
  /** WMS_DEBUG: errors show where they came from. */
  readonly debug: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable counts as not set; a relative XDG_CONFIG_HOME is ignored, as its specification asks. */
export function readConfig(environment: Environment = process.env, home: string = homedir()): CliConfig {
  const value = (name: string) => environment[name] || undefined;
  const token = value('WMS_TOKEN');
  const database = value('DATABASE_URL');
  const xdg = value('XDG_CONFIG_HOME');
  const folder = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.config');
  return {
    url: value('WMS_URL'),
    token: token === undefined ? undefined : new Secret(token),
    databaseUrl: database === undefined ? undefined : new Secret(database),
    credentialsFile: join(folder, 'pilotfish', 'credentials.json'),
    colour: value('NO_COLOR') === undefined && value('TERM') !== 'dumb',
    debug: value('WMS_DEBUG') !== undefined,
  };
}
