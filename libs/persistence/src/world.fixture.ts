// A migrated database with two VOs, an endpoint and a profile each, and verbs for jobs, VMs and their pilots.
import { randomUUID } from 'node:crypto';
import type { Pick } from '@pilotfish/matcher';
import {
  type JobId,
  type PilotId,
  type QueueId,
  type Resources,
  Secret,
  type VmId,
  type VmProfile,
} from '@pilotfish/model';
import { createDatabase } from '@pilotfish/test-kit';
import type { Claimed, NewJob, OutcomeReport, Phase } from '@pilotfish/workload';
import { postgresAttemptStore } from './attempts/postgres-attempt-store.ts';
import { centreAlive } from './attempts/sweep-lost.ts';
import { migrate } from './data-source.ts';
import { Database, sql } from './database.ts';
import { postgresFleetStore } from './fleet/postgres-fleet-store.ts';
import { postgresClaimStore, postgresJobStore } from './jobs/postgres-job-store.ts';

export const node = (processors: number, more: Partial<Resources> = {}): Resources => ({
  processors,
  memoryMb: processors * 1000,
  diskMb: 10_000,
  gpus: 0,
  ...more,
});
/** One core, and little of all else. */
export const ONE: Resources = { processors: 1, memoryMb: 500, diskMb: 100, gpus: 0 };
export const LOST_AFTER_S = 60;

export const spec: Omit<VmProfile, 'vo' | 'name' | 'version'> = {
  endpoints: ['here'],
  image: 'image',
  capacity: node(4),
  platforms: [],
  tags: [],
  requiredTags: [],
  jobTypes: [],
  owners: [],
  groups: [],
  minVms: 0,
  maxVms: 1000,
  idleS: 300,
  maxLifeS: 86_400,
  bootTimeoutS: 600,
  lostAfterS: LOST_AFTER_S,
  isolatedAfterS: 900,
  environment: {},
  packages: [],
};

export interface TestVm {
  readonly id: VmId;
  readonly pilotId: PilotId;
}

const requirements: NewJob['requirements'] = {
  processors: { min: 1, max: 1 },
  wholeNode: false,
  memoryMb: 500,
  diskMb: 100,
  gpus: 0,
  cpuTimeS: 360,
  wallTimeS: 600,
  sites: [],
  bannedSites: [],
  endpoints: [],
  platforms: [],
  tags: [],
  jobType: 'User',
};
const payload: NewJob['payload'] = {
  executable: '/bin/true',
  arguments: [],
  environment: {},
  stdout: 'std.out',
  stderr: 'std.err',
  inputSandbox: null,
  outputSandbox: [],
  inputData: [],
  outputData: [],
};

export const report = (result: OutcomeReport['result'], overrides: Partial<OutcomeReport> = {}): OutcomeReport => ({
  result,
  minor: result === 'done' ? 'Execution Complete' : `it ended ${result}`,
  exitCode: result === 'done' ? 0 : 1,
  reason: `because it ended ${result}`,
  wallS: 2,
  cpuS: 1,
  maxRssMb: 10,
  outputSandbox: null,
  ...overrides,
});

let statements = 0;

export async function aWorld(pool = 10) {
  const made = await createDatabase((url) => migrate(new Secret(url)), 'pilotfish');
  const db = new Database(new Secret(made.url), { max: pool });
  const read = <T = Record<string, unknown>>(text: string, values: readonly unknown[] = []) =>
    db.rows<T>(sql(`world_${statements++}`, text), values);
  const [jobs, claims] = [postgresJobStore(db), postgresClaimStore(db)];
  const [attempts, fleet] = [postgresAttemptStore(db), postgresFleetStore(db)];
  await read(`INSERT INTO vo (name) VALUES ('astro'), ('bio')`);
  await read(
    `INSERT INTO endpoint (name, kind, site, max_vms, max_processors) VALUES ('here', 'fake', 'SITE.here', 1000, 9000)`,
  );
  for (const vo of ['astro', 'bio'])
    await read(`INSERT INTO profile (vo, name, version, spec, created_by) VALUES ($1, 'small', 1, $2, 'ann')`, [
      vo,
      spec,
    ]);

  async function submit(count: number, overrides: Partial<NewJob> = {}): Promise<readonly JobId[]> {
    const ids = await jobs.reserveIds(count);
    const rest = { vo: 'astro', group: 'users', owner: 'ada', name: 'a job', jobGroup: '', priority: 1, labels: {} };
    const needs = {
      requirements,
      requirementsKey: 'one core',
      payload,
      credential: 'none' as const,
      maxReschedules: 2,
    };
    await jobs.insert(
      ids.map((id) => ({ ...rest, ...needs, ...overrides, id })),
      'ada',
    );
    return ids;
  }

  /** Running, with its pilot's first beat; both speak now. */
  async function startVm(vo = 'astro', processors = 4): Promise<TestVm> {
    const vm = { id: randomUUID() as VmId, pilotId: randomUUID() as PilotId };
    const { memoryMb, diskMb, gpus } = node(processors);
    await read(
      `INSERT INTO vm (id, vo, endpoint, profile, profile_version, state, processors, memory_mb, disk_mb, gpus, because,
         launched_at, activated_at, last_beat_at, idle_since)
       VALUES ($1, $2, 'here', 'small', 1, 'running', $3, $4, $5, $6, 'a test', now(), now(), now(), now())`,
      [vm.id, vo, processors, memoryMb, diskMb, gpus],
    );
    await beat(vm);
    await centreAlive(db);
    return vm;
  }

  function beat(vm: TestVm, listed: readonly { jobId: JobId; n: number }[] = [], phase: Phase = 'running') {
    const lists = listed.map(({ jobId, n }) => ({ jobId, n, phase }));
    const amounts = { total: node(64, { diskMb: 64_000 }), free: node(0) };
    return attempts.beat({ vmId: vm.id, pilotId: vm.pilotId, version: '1', ...amounts, attempts: lists });
  }

  const queueOf = async (id: JobId): Promise<QueueId> =>
    (await read<{ queue: QueueId }>('SELECT queue_id AS queue FROM job WHERE id = $1', [id]))[0]!.queue;

  /** Claims from every queue of the VO's jobs, one core each. */
  async function claim(vm: TestVm, count: number, askId: string = randomUUID()): Promise<readonly Claimed[]> {
    const queues = await claims.candidates();
    const [{ vo }] = (await read<{ vo: string }>('SELECT vo FROM vm WHERE id = $1', [vm.id])) as [{ vo: string }];
    const ours = queues.filter(({ queue }) => queue.vo === vo);
    const picks: Pick[] = [];
    let left = count;
    for (const { queue, waiting } of ours) {
      if (left > 0) picks.push({ queue: queue.id, count: Math.min(left, waiting), each: ONE });
      left -= Math.min(left, waiting);
    }
    const [claimed] = await claims.claim([{ vmId: vm.id, pilotId: vm.pilotId, askId, picks }]);
    return claimed!;
  }

  const keyOf = (vm: TestVm, { jobId, n }: { jobId: JobId; n: number }) => ({ vmId: vm.id, jobId, n });
  const job = async (id: JobId) => (await jobs.find(id, {}))!;
  const vmRow = async (vm: TestVm) => (await read('SELECT * FROM vm WHERE id = $1', [vm.id]))[0]!;
  /** Both the VM and its pilot have been silent for so long. */
  async function silence(vms: readonly TestVm[], seconds: number): Promise<void> {
    const ids = vms.map(({ id }) => id);
    const age = `interval '1 s' * $2::float8`;
    await read(
      `UPDATE vm SET last_beat_at = now() - ${age}, activated_at = least(activated_at, now() - ${age}) WHERE id = ANY($1)`,
      [ids, seconds],
    );
    await read(`UPDATE pilot SET last_beat_at = now() - ${age} WHERE vm_id = ANY($1)`, [ids, seconds]);
    await read(`UPDATE centre SET up_since = now() - interval '1 day'`);
  }
  /** The missing attempts have been missing for longer than the grace. */
  const waitOutTheGrace = () =>
    read(`UPDATE attempt SET missing_since = missing_since - interval '1 minute' WHERE missing_since IS NOT NULL`);

  return {
    url: made.url,
    db,
    read,
    jobs,
    claims,
    attempts,
    fleet,
    submit,
    startVm,
    beat,
    queueOf,
    claim,
    keyOf,
    job,
    vmRow,
    silence,
    waitOutTheGrace,
    async close(): Promise<void> {
      await db.close();
      await made.drop();
    },
  };
}

export type World = Awaited<ReturnType<typeof aWorld>>;
