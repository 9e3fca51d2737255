// Live progress: one line that is rewritten on a terminal, plain lines when piped.
import { routes, type VmView } from '@pilotfish/api-contract';
import type { TextOutput } from '../cli-context.ts';
import type { Cast } from './cast.ts';

export interface Moment {
  readonly counts: Readonly<Record<string, number>>;
  readonly vms: readonly VmView[];
}

export async function look({ operator }: Cast): Promise<Moment> {
  const [{ counts }, { vms }] = await Promise.all([
    operator.call(routes.countJobs, { query: {} }),
    operator.call(routes.listVms, { query: {} }),
  ]);
  return { counts, vms };
}

const STATES = ['Waiting', 'Matched', 'Running', 'Completing', 'Done', 'Failed', 'Killed'];
const PIPED_EVERY_MS = 2000;

export class Progress {
  readonly #out: TextOutput;
  readonly #now: () => number;
  #last = '';
  #toldAt = 0;

  constructor(out: TextOutput, now: () => number) {
    this.#out = out;
    this.#now = now;
  }

  show({ counts, vms }: Moment): void {
    const text = lineOf(counts, vms);
    if (text === this.#last) return;
    if (this.#out.isTTY) this.#out.write(`\r\u001b[2K${text.slice(0, (this.#out.columns ?? 100) - 1)}`);
    else if (this.#now() - this.#toldAt >= PIPED_EVERY_MS) {
      this.#toldAt = this.#now();
      this.#out.write(`${text}\n`);
    } else return;
    this.#last = text;
  }

  end(): void {
    if (this.#out.isTTY && this.#last) this.#out.write('\n');
    this.#last = '';
  }
}

function lineOf(counts: Readonly<Record<string, number>>, vms: readonly VmView[]): string {
  const jobs = STATES.filter((state) => counts[state]).map((state) => `${counts[state]} ${state}`);
  const busy = vms.reduce((sum, vm) => sum + vm.processorsBusy, 0);
  const cores = vms
    .filter((vm) => vm.state === 'running' || vm.state === 'draining')
    .reduce((sum, vm) => sum + vm.capacity.processors, 0);
  const states = new Map<string, number>();
  for (const vm of vms) states.set(vm.state, (states.get(vm.state) ?? 0) + 1);
  const fleet = [...states].map(([state, n]) => `${n} ${state}`).join(', ') || 'none';
  return `  jobs: ${jobs.join(', ') || 'none'} | VMs: ${fleet} | cores busy: ${busy}/${cores}`;
}
