// The director: observe, plan, order, act, and the sweeps beside them. What each loop does is one line here.

import { openCloud } from '@pilotfish/cloud-endpoints';
import { act, type Cloud, CloudError, type FleetStore, observe, renderUserData, type Ticket } from '@pilotfish/fleet';
import { DEFAULT_POLICY } from '@pilotfish/fleet-planner';
import { activationKey } from '@pilotfish/identity';
import type { CloudEndpoint } from '@pilotfish/model';
import {
  Database,
  exclusive,
  migrate,
  openBroker,
  postgresAttemptStore,
  postgresFleetStore,
  postgresWake,
  retire,
  rollUpUsage,
} from '@pilotfish/persistence';
import type { Log } from '@pilotfish/service-kit';
import type { DirectorConfig } from './config.ts';
import { planOnce } from './plan-once.ts';
import { woken } from './woken.ts';

const CLOUD_CALLS_AT_ONCE = 8;
const SOON_MS = 20;
const RETENTION_MS = 3_600_000;

export async function startDirector(config: DirectorConfig, log: Log): Promise<{ stop(): Promise<void> }> {
  await migrate(config.databaseUrl);
  const db = new Database(config.databaseUrl, { max: config.pool, name: 'pilotfish-director' });
  const wake = postgresWake(config.databaseUrl);
  const store = postgresFleetStore(db);
  const attempts = postgresAttemptStore(db);
  const cloudOf = clouds(config, log);
  const broker = await openBroker({ databaseUrl: config.databaseUrl, redisUrl: config.redisUrl, log });

  const actDeps = { store, cloudOf, newActivationKey: activationKey, userData: userDataOf(config) };
  const calls = await broker.queue('cloud-calls', (id) => act(actDeps, Number(id)).then(() => wake.ring('plan')), {
    concurrency: CLOUD_CALLS_AT_ONCE,
  });
  const alone = exclusive(db);
  const planning = {
    store,
    policy: DEFAULT_POLICY,
    exclusive: alone,
    hand: (id: number) => calls.add(String(id)),
    tellVms: () => wake.ring('vms'),
    again: () => replan.call(),
  };
  const replan = woken(
    () => planOnce(planning),
    SOON_MS,
    (error) => log.warn({ err: error }, 'planning failed; the next look tries again'),
  );
  wake.on('plan', () => replan.call());

  await broker.every('observe', config.observeMs, async () => observeAll(store, cloudOf));
  await broker.every('plan', config.planMs, async () => replan.call());
  // What was ordered but whose call got lost with the broker is found again here.
  await broker.every('act', config.planMs, async () => {
    for (const id of await store.dueOrders()) await calls.add(String(id));
  });
  await broker.every('stalled-sweep', config.sweepMs, async () => {
    if ((await attempts.sweepLost()) > 0) for (const topic of ['work', 'jobs', 'plan'] as const) wake.ring(topic);
  });
  await broker.every('usage-roll-up', config.rollUpMs, async () => {
    await alone('usage-roll-up', async () => void (await rollUpUsage(db, config.halfLifeS)));
  });
  await broker.every('retention', RETENTION_MS, () => retire(db));

  return {
    async stop() {
      await replan.stop();
      await broker.close();
      await wake.close();
      await db.close();
    },
  };
}

async function observeAll(store: FleetStore, cloudOf: (endpoint: CloudEndpoint) => Cloud): Promise<void> {
  const endpoints = await store.endpoints();
  await Promise.all(endpoints.map((endpoint) => observe(store, endpoint.name, cloudOf(endpoint))));
}

/** One open driver per endpoint, opened anew when its settings change. */
function clouds(config: DirectorConfig, log: Log): (endpoint: CloudEndpoint) => Cloud {
  const open = new Map<string, { readonly settings: string; readonly cloud: Cloud }>();
  return (endpoint) => {
    const settings = JSON.stringify([endpoint.kind, endpoint.site, endpoint.settings]);
    const known = open.get(endpoint.name);
    if (known?.settings === settings) return known.cloud;
    const cloud = opened(endpoint, config, log);
    open.set(endpoint.name, { settings, cloud });
    return cloud;
  };
}

/** Settings that no driver takes make an endpoint where every call is refused, and the others go on. */
function opened(endpoint: CloudEndpoint, config: DirectorConfig, log: Log): Cloud {
  try {
    return openCloud(endpoint, { dataDir: config.dataDir, log });
  } catch (error) {
    const refuse = () => Promise.reject(new CloudError('refused', (error as Error).message));
    return { list: refuse, launch: refuse, terminate: refuse, stop: refuse, start: refuse, consoleLog: refuse };
  }
}

function userDataOf(config: DirectorConfig) {
  return ({ vmId, profile }: Ticket, key: ReturnType<typeof activationKey>['key']): string =>
    renderUserData({
      serviceUrl: config.serviceUrl,
      vmId,
      activationKey: key,
      ca: config.ca,
      files: config.programs,
      profile: { packages: profile?.packages ?? [] },
    });
}
