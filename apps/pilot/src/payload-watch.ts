// One timer for all payloads: measures each by its process session and says when a limit is exceeded. Payloads that
// end before the first look cost nothing.
import { type ProcessRow, readProcesses } from '@pilotfish/worker-kit';
import type { Usage } from './computing-element.ts';
import { type Excess, excess, type Limits } from './stop-rule.ts';

const LOOK_MS = 500;
const MIB = 1024 * 1024;

export interface Units {
  /** Clock ticks per second. */
  readonly ticks: number;
  /** Bytes. */
  readonly page: number;
}

export class WatchedPayload {
  readonly session: number;
  readonly limits: Limits;
  readonly startedAt = performance.now();
  readonly onUsage: (usage: Usage) => void;
  readonly onExcess: (excess: Excess) => void;
  readonly onFirstLook: () => void;
  #seen = false;
  cpuS = 0;
  maxRssMb = 0;
  /** It has processes outside its own group, so that ending the group isn't enough. */
  spread = false;

  constructor(init: Pick<WatchedPayload, 'session' | 'limits' | 'onUsage' | 'onExcess' | 'onFirstLook'>) {
    this.session = init.session;
    this.limits = init.limits;
    this.onUsage = init.onUsage;
    this.onExcess = init.onExcess;
    this.onFirstLook = init.onFirstLook;
  }

  get wallS(): number {
    return (performance.now() - this.startedAt) / 1000;
  }

  /** Takes one measurement. Processor time never shrinks, though it vanishes with a child that nobody waited for. */
  measured(rows: readonly ProcessRow[], units: Units): void {
    if (!this.#seen) this.onFirstLook();
    this.#seen = true;
    const sum = (value: (row: ProcessRow) => number) => rows.reduce((total, row) => total + value(row), 0);
    this.cpuS = Math.max(this.cpuS, sum((row) => row.cpuTicks) / units.ticks);
    const rssMb = (sum((row) => row.rssPages) * units.page) / MIB;
    this.maxRssMb = Math.max(this.maxRssMb, rssMb);
    this.spread ||= rows.some((row) => row.group !== this.session);
    this.onUsage({ cpuS: this.cpuS, rssMb });
  }
}

export class PayloadWatch {
  readonly #units: Units;
  readonly #watched = new Set<WatchedPayload>();
  #timer: NodeJS.Timeout | undefined;

  constructor(units: Units) {
    this.#units = units;
  }

  add(payload: WatchedPayload): void {
    this.#watched.add(payload);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS);
  }

  remove(payload: WatchedPayload): void {
    this.#watched.delete(payload);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const due = [...this.#watched].filter(({ wallS }) => wallS * 1000 >= LOOK_MS / 2);
    if (due.length === 0) return;
    const bySession = new Map<number, ProcessRow[]>(due.map(({ session }) => [session, []]));
    for (const row of await readProcesses()) bySession.get(row.session)?.push(row);
    for (const payload of due) {
      if (!this.#watched.has(payload)) continue;
      payload.measured(bySession.get(payload.session) ?? [], this.#units);
      const over = excess(payload.wallS, payload.cpuS, payload.limits);
      if (over !== undefined) payload.onExcess(over);
    }
  }
}
