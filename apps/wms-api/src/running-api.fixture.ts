// The real service in this process, on a database of its own: two VOs, their people, one cloud and a profile for each.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError, Client, type EndpointSpec, type Problem, type ProfileSpec, routes } from '@pilotfish/api-contract';
import { Secret } from '@pilotfish/model';
import { migrate } from '@pilotfish/persistence';
import { makeLog } from '@pilotfish/service-kit';
import { createDatabase } from '@pilotfish/test-kit';
import type { ApiConfig } from './config.ts';
import { firstOperator } from './first-operator.ts';
import { serve } from './server.ts';
import { openApi } from './wiring.ts';

export const MAX_SANDBOX_BYTES = 262_144;
/** What is shorter may stand in a log by chance. */
const SHORTEST_SECRET = 20;

/** Four cores at the endpoint `here`. */
export const SMALL: ProfileSpec = {
  endpoints: ['here'],
  capacity: { processors: 4, memoryMb: 8192, diskMb: 10_240 },
  maxVms: 1000,
};

export const HERE: EndpointSpec = { kind: 'local', site: 'home', maxVms: 1000, maxProcessors: 10_000 };

const PEOPLE = [
  { name: 'ann', vo: 'biomed', role: 'vo-admin' },
  { name: 'ben', vo: 'biomed', role: 'user' },
  { name: 'bea', vo: 'biomed', role: 'user' },
  { name: 'amy', vo: 'astro', role: 'vo-admin' },
  { name: 'art', vo: 'astro', role: 'user' },
] as const;
type Name = (typeof PEOPLE)[number]['name'] | 'operator';

export type RunningApi = Awaited<ReturnType<typeof aRunningApi>>;

export async function aRunningApi() {
  const database = await createDatabase((url) => migrate(new Secret(url)), 'pilotfish');
  const folder = await mkdtemp(join(tmpdir(), 'pilotfish api '));
  const logged: string[] = [];
  const secrets = new Set<string>();
  const log = makeLog('wms-api', 'trace', { write: (line: string) => void logged.push(line) });
  const config: ApiConfig = Object.freeze({
    databaseUrl: new Secret(database.url),
    masterKey: new Secret(randomBytes(32)),
    host: '127.0.0.1',
    port: 0,
    blobs: join(folder, 'blobs'),
    files: join(folder, 'files'),
    operatorTokenFile: null,
    tls: null,
    maxSandboxBytes: MAX_SANDBOX_BYTES,
    pool: 8,
    logLevel: 'trace' as const,
    lifecycle: { PILOTFISH_SUPERVISED: '0' as const },
  });
  const api = await openApi(config, log);
  await firstOperator(api, join(folder, 'operator-token'));
  const { app, port } = await serve(config, api, log, '0.0.0-test');
  const url = `http://127.0.0.1:${port}`;
  const tokens = new Map<Name, string>();
  const clientOf = (token: string | null): Client => {
    if (token !== null && token.length >= SHORTEST_SECRET) secrets.add(token);
    return new Client({ url, token: () => token });
  };
  tokens.set('operator', (await readFile(join(folder, 'operator-token'), 'utf8')).trim());
  const as = (name: Name): Client => clientOf(tokens.get(name)!);
  const operator = as('operator');
  await operator.call(routes.putEndpoint, { params: { name: 'here' }, body: HERE });
  for (const vo of ['biomed', 'astro']) {
    await operator.call(routes.putVo, { params: { name: vo }, body: {} });
    await operator.call(routes.putProfile, { params: { vo, name: 'small' }, body: SMALL });
  }
  for (const body of PEOPLE) tokens.set(body.name, (await operator.call(routes.addUser, { body })).token);

  let closed = false;
  const stop = async () => {
    if (closed) return;
    closed = true;
    api.orders.close();
    await app.close();
    // A test may have closed the database to see what happens.
    await api.close().catch(() => undefined);
  };
  return {
    api,
    url,
    log,
    logged,
    secrets,
    as,
    clientOf,
    tokenOf: (name: Name): string => tokens.get(name)!,
    /** Stops the service as its program does. */
    stop,
    /** Stops, removes everything, and tells which secrets of this run stand in its log. */
    async close(): Promise<void> {
      await stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
      const lines = logged.join('');
      const leaked = [...secrets].filter((secret) => lines.includes(secret));
      if (leaked.length > 0) throw new Error(`${leaked.length} secrets stand in the log of the service`);
    },
  };
}

/** The problem details of a call that must be refused. */
export async function refusalOf(call: Promise<unknown>): Promise<Problem> {
  const answer = await call.then(
    (reply) => new Error(`not refused: ${JSON.stringify(reply)}`),
    (error: unknown) => error,
  );
  if (answer instanceof ApiError) return answer.problem;
  throw answer;
}

/** Submits one job that fits the profile `small`. */
export async function submitOne(client: Client, more: { name?: string; jobGroup?: string; vo?: string } = {}) {
  const { ids } = await client.call(routes.submitJob, { body: { executable: '/bin/true', ...more } });
  return ids[0]!;
}
