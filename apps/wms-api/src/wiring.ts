// Everything the API is made of, put together once. Controllers get it under one token.

import type { FleetStore } from '@pilotfish/fleet';
import { DEFAULT_POLICY, plan } from '@pilotfish/fleet-planner';
import { deriveKey, hashPersonalToken, isRetired, type PeopleStore, readWorkerToken } from '@pilotfish/identity';
import type { Caller, Job, Offer, Secret, VmId } from '@pilotfish/model';
import {
  Database,
  dataSource,
  type FleetReader,
  fleetReader,
  folderBlobStore,
  migrate,
  ordersOf,
  postgresAttemptStore,
  postgresClaimStore,
  postgresFleetStore,
  postgresJobStore,
  postgresPeopleStore,
  postgresSandboxRights,
  postgresWake,
  vmCaller,
  type Wake,
} from '@pilotfish/persistence';
import type { Log } from '@pilotfish/service-kit';
import {
  type AskDeps,
  AskLane,
  type AttemptStore,
  type BlobStore,
  type ClaimStore,
  type JobStore,
  QueueIndex,
  type SandboxRights,
  type Why,
} from '@pilotfish/workload';
import type { DataSource } from 'typeorm';
import type { ApiConfig } from './config.ts';
import { couldBeCapacity, explain } from './explain.ts';
import { nextRing } from './held-calls.ts';
import { VmCallers } from './http/vm-callers.ts';
import { OrdersWatch } from './orders-watch.ts';
import { briefOf } from './vm-brief.ts';

export const API = Symbol('api');

export interface Api {
  readonly log: Log;
  readonly db: Database;
  readonly admin: DataSource;
  readonly wake: Wake;
  readonly jobs: JobStore;
  readonly attempts: AttemptStore;
  readonly claims: ClaimStore;
  readonly asking: AskDeps;
  readonly fleet: FleetStore;
  readonly fleetReader: FleetReader;
  readonly people: PeopleStore;
  readonly blobs: BlobStore;
  readonly sandboxRights: SandboxRights;
  readonly orders: OrdersWatch;
  readonly workerKey: Secret<Buffer>;
  readonly maxSandboxBytes: number;
  readonly files: string;
  readonly identify: (token: string) => Promise<Caller | undefined>;
  /** Jobs wait anew: at once for asks that come here, by a wake-up for those elsewhere. */
  readonly announceWork: () => void;
  /** The VM's next call is asked about anew. */
  readonly forgetVm: (vmId: VmId) => void;
  readonly capacityOffers: (vo: string) => Promise<readonly Offer[]>;
  readonly ordersOf: (vmId: VmId) => ReturnType<typeof ordersOf>;
  readonly briefOf: (vmId: VmId) => ReturnType<typeof briefOf>;
  readonly why: (job: Job) => Promise<Why>;
  readonly dryRun: () => Promise<{ at: number; actions: readonly DryAction[] }>;
  close(): Promise<void>;
}

export interface DryAction {
  readonly kind: string;
  readonly vo: string | null;
  readonly endpoint: string | null;
  readonly profile: string | null;
  readonly vmId: string | null;
  readonly because: string;
  readonly state: string;
}

export async function openApi(config: ApiConfig, log: Log): Promise<Api> {
  await migrate(config.databaseUrl);
  const db = new Database(config.databaseUrl, { max: config.pool, name: 'pilotfish-api' });
  const admin = await dataSource(config.databaseUrl).initialize();
  const wake = postgresWake(config.databaseUrl);
  const claims = postgresClaimStore(db);
  const queues = new QueueIndex(claims);
  wake.on('work', () => queues.invalidate());
  const fleet = postgresFleetStore(db);
  const reader = fleetReader(db);
  const workerKey = deriveKey(config.masterKey, 'worker-token');
  const orders = new OrdersWatch(db, wake);
  const people = postgresPeopleStore(db, admin);
  const vms = new VmCallers(vmIdentifier(db, workerKey));
  const capacityOffers = couldBeCapacity(fleet);
  return {
    log,
    db,
    admin,
    wake,
    claims,
    fleet,
    people,
    orders,
    workerKey,
    capacityOffers,
    jobs: postgresJobStore(db),
    attempts: postgresAttemptStore(db),
    asking: {
      lane: new AskLane(claims, queues),
      queues,
      now: Date.now,
      nextWork: (ms, signal) => nextRing(wake, 'work', ms, signal),
    },
    fleetReader: reader,
    blobs: folderBlobStore(config.blobs),
    sandboxRights: postgresSandboxRights(db),
    maxSandboxBytes: config.maxSandboxBytes,
    files: config.files,
    identify: identifier(people, vms),
    announceWork() {
      queues.invalidate();
      wake.ring('work');
    },
    forgetVm: (vmId) => vms.forget(vmId),
    ordersOf: (vmId) => ordersOf(db, vmId),
    briefOf: (vmId) => briefOf(db, vmId),
    why: explain({ db, fleet, fleetReader: reader, capacityOffers }),
    dryRun: dryRunner(fleet),
    async close() {
      orders.close();
      await wake.close();
      await admin.destroy();
      await db.close();
    },
  };
}

/** A personal token has its own look; anything else can only be a VM's. A retired or locked VM is nobody. */
function identifier(people: PeopleStore, vms: VmCallers): Api['identify'] {
  return async (token) => {
    const hash = hashPersonalToken(token);
    return hash === undefined ? vms.callerOf(token) : people.callerOfToken(hash);
  };
}

function vmIdentifier(db: Database, workerKey: Secret<Buffer>): Api['identify'] {
  return async (token) => {
    const worker = await readWorkerToken(token, workerKey);
    if (worker === undefined) return undefined;
    const vm = await vmCaller(db, worker.vmId);
    if (vm === undefined || vm.locked || vm.publicKey === null || isRetired(vm.state)) return undefined;
    return { kind: 'vm', vmId: worker.vmId, vo: vm.vo };
  };
}

function dryRunner(fleet: FleetStore): Api['dryRun'] {
  return async () => {
    const seen = await fleet.seen();
    const actions = plan(seen, DEFAULT_POLICY).map((action): DryAction => {
      if (action.kind === 'launch') return { ...action, vmId: null, state: 'planned' };
      const vm = seen.vms.find(({ id }) => id === action.vmId);
      return {
        ...action,
        vo: vm?.vo ?? null,
        endpoint: vm?.endpoint ?? null,
        profile: vm?.profile ?? null,
        state: 'planned',
      };
    });
    return { at: seen.at, actions };
  };
}
