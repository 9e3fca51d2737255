// Keeps one pilot alive: ends what an earlier one left, starts it, starts it again with growing pauses when it dies.
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Instructions, VmBrief } from '@pilotfish/api-contract';
import { type AgentMessage, backoffMs, type Log, pause, pilotMessage, type VmFolders } from '@pilotfish/worker-kit';
import { endLeftovers } from './leftovers.ts';
import type { Token } from './tokens.ts';

const STEADY_MS = 60_000;
const MAX_BACKOFF_MS = 30_000;
/** What the pilot may take beyond its payloads' grace. */
const FAREWELL_MS = 8000;

export interface PilotKeeperParts {
  readonly folders: VmFolders;
  readonly root: string;
  readonly serviceUrl: string;
  readonly brief: VmBrief;
  readonly token: () => Promise<Token>;
  readonly instructions: () => Instructions | undefined;
  readonly log: Log;
  readonly pilotLog: (text: string) => void;
  /** `contactAgoMs`: when the pilot last heard the centre. */
  readonly onContact: (contactAgoMs: number) => void;
}

export class PilotKeeper {
  readonly #parts: PilotKeeperParts;
  #child: ChildProcess | undefined;
  #running: Promise<void> | undefined;
  #closed = new AbortController();
  #ready = false;
  #open = 0;

  constructor(parts: PilotKeeperParts) {
    this.#parts = parts;
  }

  get pilotRunning(): boolean {
    return this.#ready;
  }

  /** Attempts the pilot holds. */
  get open(): number {
    return this.#open;
  }

  start(): void {
    this.#closed = new AbortController();
    this.#running = this.#keep(this.#closed.signal);
  }

  tell(message: AgentMessage): void {
    if (this.#ready && this.#child?.connected) this.#child.send(message, () => undefined);
  }

  /** Resolves when neither pilot nor payloads run. */
  async stop(graceS: number): Promise<void> {
    this.#closed.abort();
    const child = this.#child;
    if (child !== undefined) {
      if (this.#ready) this.tell({ kind: 'stop', graceS });
      else child.kill('SIGKILL');
      const hurry = setTimeout(() => child.kill('SIGKILL'), graceS * 1000 + FAREWELL_MS);
      await this.#running;
      clearTimeout(hurry);
    }
    await this.#running;
    await this.#endLeftovers();
  }

  async #keep(closed: AbortSignal): Promise<void> {
    const { log } = this.#parts;
    for (let deaths = 0; !closed.aborted; ) {
      await this.#endLeftovers();
      const startedAt = performance.now();
      const end = await this.#runOnce(closed);
      if (closed.aborted) return;
      deaths = performance.now() - startedAt > STEADY_MS ? 1 : deaths + 1;
      log.error('the pilot died', { end, deaths });
      await pause(backoffMs(deaths, MAX_BACKOFF_MS), closed);
    }
  }

  async #endLeftovers(): Promise<void> {
    const { folders, brief, log } = this.#parts;
    await endLeftovers(folders.work, brief.vmId, log);
  }

  /** How it ended: exit code or signal. */
  async #runOnce(closed: AbortSignal): Promise<string> {
    const { folders, pilotLog, token } = this.#parts;
    // Without a token there is nothing a pilot could do.
    await Promise.race([token(), once(closed, 'abort')]);
    if (closed.aborted) return 'not started';
    const child = fork(folders.pilotProgram, [], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    const drained = once(child, 'close').catch(() => undefined);
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(String(code ?? signal)));
      child.once('error', (error) => resolve(error.message));
    });
    child.stdout?.setEncoding('utf8').on('data', pilotLog);
    child.stderr?.setEncoding('utf8').on('data', pilotLog);
    child.on('message', (message) => void this.#hear(child, message));
    const end = await ended;
    // Its last words; something it left behind may hold the pipe open.
    if (child.pid !== undefined) await Promise.race([drained, pause(1000)]);
    this.#child = undefined;
    this.#ready = false;
    this.#open = 0;
    return end;
  }

  async #hear(child: ChildProcess, raw: unknown): Promise<void> {
    const { serviceUrl, brief, root, token, instructions, onContact } = this.#parts;
    const { data: message } = pilotMessage.safeParse(raw);
    if (message === undefined) return;
    if (message.kind === 'state') {
      this.#open = message.open;
      onContact(Date.now() - message.lastContactAt);
      return;
    }
    const { token: text, expiresAt } = await token();
    if (this.#child !== child) return;
    this.#ready = true;
    const pilotId = randomUUID();
    this.tell({ kind: 'start', serviceUrl, brief, root, pilotId, token: text, tokenExpiresAt: expiresAt });
    const orders = instructions();
    if (orders !== undefined) this.tell({ kind: 'instructions', instructions: orders });
  }
}
