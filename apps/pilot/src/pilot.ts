// The pilot: offers the node's room, runs what it is given, says how it went. Wires the parts and owns their start and
// end; the agent is its only superior.
import { mkdir } from 'node:fs/promises';
import { type Assignment, Client, type Instructions, type VmBrief } from '@pilotfish/api-contract';
import { MINOR } from '@pilotfish/model';
import { Contact, type Log, type PilotMessage, pause, vmFolders } from '@pilotfish/worker-kit';
import { Asking } from './asking.ts';
import { Attempt } from './attempt.ts';
import { Attempts } from './attempts.ts';
import { Beating } from './beating.ts';
import { type PooledElement, pooled } from './computing-element.ts';
import { Delivery } from './delivery.ts';
import { direct } from './direct.ts';
import { FolderSweeper } from './folder-sweeper.ts';
import { type JobRunParts, runJob } from './job-run.ts';
import { LogShipping } from './log-shipping.ts';
import { readPlatforms, readUnits } from './node-facts.ts';
import { Orders } from './orders.ts';
import { PayloadWatch } from './payload-watch.ts';
import { Spool } from './spool.ts';

const STATE_MS = 2000;
/** Beyond the grace of the payloads: to say that they were stopped. */
const FAREWELL_MS = 5000;

export interface PilotStart {
  readonly serviceUrl: string;
  readonly brief: VmBrief;
  readonly root: string;
  readonly pilotId: string;
  readonly token: string;
}

export interface PilotSurroundings {
  readonly inherited: Readonly<Record<string, string>>;
  readonly log: Log;
  readonly tell: (message: PilotMessage) => void;
}

export class Pilot {
  readonly attempts = new Attempts();
  readonly #contact = new Contact();
  readonly #leaving = new AbortController();
  readonly #surroundings: PilotSurroundings;
  readonly #start: PilotStart;
  readonly #element: PooledElement;
  readonly #client: Client;
  readonly #spool: Spool;
  readonly #delivery: Delivery;
  readonly #run: JobRunParts;
  readonly #orders: Orders;
  readonly #beating: Beating;
  readonly #asking: Asking;
  readonly #reporting: NodeJS.Timeout;
  #token: string;
  #told: NodeJS.Timeout | undefined;

  static async start(start: PilotStart, surroundings: PilotSurroundings): Promise<Pilot> {
    const folders = vmFolders(start.root);
    await mkdir(folders.work, { recursive: true });
    const [units, platforms] = await Promise.all([readUnits(), readPlatforms()]);
    const pilot = new Pilot(start, surroundings, new PayloadWatch(units), platforms);
    pilot.#live().catch((error: unknown) => {
      surroundings.log.error('the pilot broke', { reason: String(error) });
      process.exit(1);
    });
    return pilot;
  }

  private constructor(start: PilotStart, surroundings: PilotSurroundings, watch: PayloadWatch, platforms: string[]) {
    const { brief, pilotId } = start;
    const { log, inherited } = surroundings;
    const folders = vmFolders(start.root);
    this.#start = start;
    this.#surroundings = surroundings;
    this.#token = start.token;
    this.#client = new Client({ url: start.serviceUrl, token: () => this.#token, fetch: this.#contact.fetch });
    const client = this.#client;
    this.#spool = new Spool(folders.spool);
    this.#delivery = new Delivery({ client, spool: this.#spool, log, signal: this.#leaving.signal });
    this.#element = pooled(direct(watch), brief.capacity);
    this.#run = {
      client,
      element: this.#element,
      delivery: this.#delivery,
      logs: new LogShipping(client),
      sweeper: new FolderSweeper(),
      work: folders.work,
      environment: { vmId: brief.vmId, inherited, profile: brief.environment, nodeBinary: process.execPath },
    };
    this.#orders = new Orders(this.attempts, (draining) => this.#asking.drain(draining));
    const { pool } = this.#element;
    const obey = (instructions: Instructions) => this.#orders.obey(instructions);
    this.#beating = new Beating({ client, pilotId, beatS: brief.beatS, pool, attempts: this.attempts, log, obey });
    const accept = (assignments: readonly Assignment[]) => this.#accept(assignments);
    this.#asking = new Asking({ client, pilotId, pool, platforms, log, accept });
    this.attempts.onChange(() => {
      this.#told ??= setTimeout(() => this.#tellState(), 200);
    });
    this.#reporting = setInterval(() => this.#tellState(), STATE_MS);
  }

  newToken(token: string): void {
    this.#token = token;
  }

  obey(instructions: Instructions): void {
    this.#orders.obey(instructions);
  }

  /** Ends every payload (TERM, KILL after the grace), says so to the centre while it can, and leaves nothing running. */
  async stop(graceMs: number, reason: string): Promise<void> {
    this.#asking.close();
    for (const attempt of this.attempts.all()) attempt.stop({ kind: 'halting', reason, graceMs });
    const end = performance.now() + graceMs + FAREWELL_MS;
    while (this.attempts.size > 0 && performance.now() < end) await pause(20);
    this.#leaving.abort();
    this.#beating.close();
    clearInterval(this.#reporting);
    clearTimeout(this.#told);
  }

  async #live(): Promise<void> {
    for (const { ref, outcome } of await this.#spool.read()) {
      const attempt = new Attempt(ref);
      attempt.phase = 'completing';
      this.attempts.add(attempt);
      void this.#delivery.outcome(ref, outcome).then(async (kind) => {
        if (kind !== 'unsure') await this.#spool.delete(ref);
        this.attempts.delete(attempt);
      });
    }
    // The centre knows a pilot by its first beat.
    await this.#beating.first();
    this.#surroundings.log.info('pilot started', { pilot: this.#start.pilotId });
    await Promise.all([this.#beating.run(), this.#asking.run()]);
  }

  #accept(assignments: readonly Assignment[]): void {
    for (const assignment of assignments) {
      const attempt = Attempt.of(assignment);
      if (this.attempts.get(attempt.ref) !== undefined) continue;
      this.attempts.add(attempt);
      const order = this.#orders.stopFor(attempt.ref);
      if (order !== undefined) attempt.stop(order);
      void this.#serve(assignment, attempt);
    }
  }

  async #serve(assignment: Assignment, attempt: Attempt): Promise<void> {
    const { pool } = this.#element;
    const { log } = this.#surroundings;
    const { jobId, n, granted } = assignment;
    if (!pool.reserve(granted)) {
      log.error('more was granted than is free', { job: jobId, n });
      await this.#delivery.outcome(attempt.ref, noRoom());
    } else {
      const { result, minor, reason } = await runJob(assignment, attempt, this.#run);
      if (result !== 'done') log.info('attempt ended', { job: jobId, n, result, minor, reason });
      pool.release(granted);
    }
    this.attempts.delete(attempt);
  }

  #tellState(): void {
    clearTimeout(this.#told);
    this.#told = undefined;
    const lastContactAt = Date.now() - this.#contact.ageMs();
    this.#surroundings.tell({ kind: 'state', open: this.attempts.size, lastContactAt });
  }
}

function noRoom() {
  return {
    result: 'infrastructure' as const,
    minor: MINOR.rescheduled,
    exitCode: null,
    reason: 'the pilot was granted more than it had free',
    wallS: 0,
    cpuS: 0,
    maxRssMb: 0,
    outputSandbox: null,
  };
}
