// A whole service as `wms up` runs it: the real programs as processes, on real PostgreSQL, in a folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  Client,
  type EndpointSpec,
  type JobDescriptionInput,
  type JobView,
  type ProfileSpec,
  routes,
} from '@pilotfish/api-contract';
import pg from 'pg';
import { type Found, processesOf } from './processes.fixture.ts';

const ROOT = join(import.meta.dirname, '../..');
export const CLI = join(ROOT, 'apps/wms-cli/dist/main.js');
const START_LIMIT_MS = 60_000;

export interface User {
  readonly name: string;
  readonly vo: string;
  readonly token: string;
  readonly client: Client;
}

export class Service {
  readonly folder: string;
  readonly #args: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #process: ChildProcess | undefined;
  #output = '';
  url = '';

  constructor(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
    const base = join(ROOT, '.pilotfish', 'scenarios');
    mkdirSync(base, { recursive: true });
    this.folder = mkdtempSync(join(base, 'run-'));
    // The database's own user must get through to its folder.
    chmodSync(this.folder, 0o711);
    this.#args = args;
    this.#environment = environment;
  }

  /** Starts it, or starts it again on the same data; resolves when it listens. */
  async start(): Promise<void> {
    const { DATABASE_URL: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [CLI, 'up', '--data', this.folder, ...this.#args], {
      env: { ...inherited, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    await this.#until(
      () => {
        if (child.exitCode !== null) throw new Error(`wms up ended with ${child.exitCode}:\n${this.#output}`);
        this.url = /listens at (\S+)/.exec(this.#output)?.[1] ?? '';
        return this.url !== '' && this.#output.includes('operator');
      },
      START_LIMIT_MS,
      'the service to listen',
    );
  }

  get supervisor(): number {
    return this.#process?.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  /** The tail of every log, for a failing test's message. */
  logs(): string {
    return ['api', 'director']
      .map((name) => `--- ${name}\n${textOf(join(this.folder, 'log', `${name}.log`)).slice(-3000)}`)
      .join('\n');
  }

  /** Process id of a part, as it runs now. */
  pid(part: 'api' | 'director' | 'postgres'): number {
    if (part !== 'postgres')
      return (JSON.parse(textOf(join(this.folder, 'run', `${part}.json`))) as { pid: number }).pid;
    return Number(textOf(join(this.folder, 'postgres', 'cluster', 'postmaster.pid')).split('\n')[0]);
  }

  /** Runs a statement on the service's own database. */
  async sql(text: string): Promise<void> {
    const environment = readFileSync(`/proc/${this.pid('director')}/environ`, 'utf8').split('\0');
    const url = environment.find((line) => line.startsWith('DATABASE_URL='))!.slice('DATABASE_URL='.length);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text);
    await client.end();
  }

  operator(): Client {
    const token = textOf(join(this.folder, 'operator-token')).trim();
    return new Client({ url: this.url, token: () => token });
  }

  async addVo(vo: string, profile: Partial<ProfileSpec>, endpoint: Partial<EndpointSpec> = {}): Promise<User> {
    const operator = this.operator();
    await operator.call(routes.putEndpoint, {
      params: { name: 'local' },
      body: { kind: 'local', site: 'LOCAL.test', maxVms: 4, maxProcessors: 32, ...endpoint },
    });
    await operator.call(routes.putVo, { params: { name: vo }, body: {} });
    const body: ProfileSpec = {
      endpoints: ['local'],
      capacity: { processors: 4, memoryMb: 4096 },
      maxVms: 2,
      idleS: 3,
      lostAfterS: 10,
      bootTimeoutS: 60,
      ...profile,
    };
    await operator.call(routes.putProfile, { params: { vo, name: 'small' }, body });
    const name = `${vo}-user`;
    const { token } = await operator.call(routes.addUser, { body: { name, vo } });
    return { name, vo, token, client: new Client({ url: this.url, token: () => token }) };
  }

  /** Processes of this service's VMs, or of the one named. */
  vmProcesses(program?: 'pilot.cjs' | 'agent.cjs', vmId?: string): readonly Found[] {
    return processesOf(vmId === undefined ? this.folder : join(this.folder, 'vms', vmId), program);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  /** Stops it and whatever of its VMs is still there, and removes the folder. */
  async remove(): Promise<void> {
    await this.stop();
    for (const { pid } of this.vmProcesses()) kill(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #until(done: () => boolean, limitMs: number, what: string): Promise<void> {
    for (let waited = 0; waited < limitMs; waited += 50) {
      if (done()) return;
      await pause(50);
    }
    throw new Error(`waited ${limitMs} ms for ${what}; it said:\n${this.#output}\n${this.logs()}`);
  }
}

export function kill(pid: number): void {
  // 0 and below would mean process groups, ours among them.
  if (!(pid > 1)) throw new Error(`there is no process ${pid} to kill`);
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A service for one test; its logs are shown when the test fails, and nothing of it is left after. */
export async function withService(
  work: (service: Service) => Promise<void>,
  args: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<void> {
  const service = new Service(args, environment);
  try {
    await service.start();
    await work(service);
  } catch (error) {
    console.error(service.logs());
    throw error;
  } finally {
    await service.remove();
  }
}

export async function submit(user: User, job: Partial<JobDescriptionInput>, times = 1): Promise<number[]> {
  const body = { jobs: Array.from({ length: times }, () => ({ executable: '/bin/true', ...job })) };
  const { items } = await user.client.call(routes.submitJobs, { body });
  return items.flatMap((item) => {
    if (!item.ok) throw new Error(item.detail);
    return item.ids;
  });
}

/** Polls through outages of the service; the message of a time-out says what was seen last. */
export async function eventually<T>(
  look: () => Promise<T>,
  done: (seen: T) => boolean,
  limitMs: number,
  what: string,
): Promise<T> {
  const until = Date.now() + limitMs;
  let last: unknown = 'nothing';
  while (Date.now() < until) {
    try {
      const seen = await look();
      if (done(seen)) return seen;
      last = seen;
    } catch (error) {
      last = error;
    }
    await pause(100);
  }
  throw new Error(
    `waited ${limitMs} ms for ${what}; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)?.slice(0, 3000)}`,
  );
}

export async function jobsOf(client: Client): Promise<readonly JobView[]> {
  const { jobs } = await client.call(routes.listJobs, { query: { limit: 1000 } });
  return jobs;
}

export async function allEnded(client: Client, limitMs: number): Promise<readonly JobView[]> {
  const over = (jobs: readonly JobView[]) => jobs.every(({ state }) => ['Done', 'Failed', 'Killed'].includes(state));
  return eventually(() => jobsOf(client), over, limitMs, 'all jobs to end');
}

/** Waits until the fleet has gone, and returns what of the promises is broken then. */
export async function brokenAtRest(service: Service, limitMs = 60_000): Promise<readonly string[]> {
  const operator = service.operator();
  await eventually(
    () => operator.call(routes.listVms, { query: {} }),
    ({ vms }) => vms.length === 0,
    limitMs,
    'all VMs to go',
  );
  const { broken } = await operator.call(routes.checkInvariants, { query: { atRest: 'true' } });
  const left = service.vmProcesses().map(({ pid, command }) => `process ${pid} is left: ${command}`);
  return [...broken, ...left];
}
