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
  /** What `up` and `demo` hand on to the programs of the service; nothing else of the environment reaches them. */
  readonly serviceEnvironment: Readonly<Record<string, string>>;
  /** Holds the saved login. */
  readonly credentialsFile: string;
  /** False with NO_COLOR (no-color.org) or on a terminal without colours. */
  readonly colour: boolean;
  /** WMS_DEBUG: errors show where they came from. */
  readonly debug: boolean;
}

const HANDED_ON = [
  'PATH',
  'LANG',
  'TZ',
  'LOG_LEVEL',
  'REDIS_URL',
  'WMS_MAX_SANDBOX_MIB',
  'WMS_OBSERVE_S',
  'WMS_PLAN_S',
  'WMS_SWEEP_S',
  'WMS_ROLL_UP_S',
  'WMS_SHARE_HALF_LIFE_S',
];

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
    serviceEnvironment: Object.fromEntries(
      HANDED_ON.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
    ),
    credentialsFile: join(folder, 'pilotfish', 'credentials.json'),
    colour: value('NO_COLOR') === undefined && value('TERM') !== 'dumb',
    debug: value('WMS_DEBUG') !== undefined,
  };
}
