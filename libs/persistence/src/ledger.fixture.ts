// A small deployment driven at random: what users, pilots, agents and the director may do, in any order and together.
// Its pilots remember what they were given, and forget as real ones do: when an answer or the process got lost.
import { randomUUID } from 'node:crypto';
import type { JobId, PilotId } from '@pilotfish/model';
import type { OutcomeReport, Phase } from '@pilotfish/workload';
import fc from 'fast-check';
import { LOST_AFTER_S, ONE, report, type TestVm, type World } from './world.fixture.ts';

export const VOS = ['astro', 'bio'] as const;

interface Attempt {
  readonly jobId: JobId;
  readonly n: number;
}
interface Machine {
  readonly vo: string;
  pilot: TestVm;
  knows: Attempt[];
}
/** Numbers choose among what there is at that moment. */
export interface Step {
  readonly verb: keyof typeof VERBS;
  readonly which: number;
  readonly amount: number;
}
export interface Deployment {
  readonly world: World;
  readonly machines: Machine[];
  readonly submitted: JobId[];
}

const ENDS = ['done', 'failed', 'infrastructure', 'killed'] as const satisfies readonly OutcomeReport['result'][];
const PHASES = ['starting', 'running', 'completing'] as const satisfies readonly Phase[];
const MOST_MACHINES = 6;

const pick = <T>(items: readonly T[], which: number): T | undefined => items[which % Math.max(1, items.length)];
const one = (filter: readonly JobId[], which: number) => ({ ids: filter.length > 0 ? [pick(filter, which)!] : [] });

async function withMachine({ machines }: Deployment, which: number, work: (one: Machine) => Promise<unknown>) {
  const chosen = pick(machines, which);
  if (chosen) await work(chosen);
}

async function claim({ world }: Deployment, machine: Machine, amount: number, heard: boolean): Promise<void> {
  const queues = (await world.claims.candidates()).filter(({ queue }) => queue.vo === machine.vo);
  const queue = pick(queues, amount)?.queue.id;
  if (queue === undefined) return;
  const { id: vmId, pilotId } = machine.pilot;
  const each = { ...ONE, processors: 1 + (amount % 2) };
  const order = { vmId, pilotId, askId: randomUUID(), picks: [{ queue, count: 1 + (amount % 3), each }] };
  const [claimed = []] = await world.claims.claim([order]);
  if (heard && machine.pilot.pilotId === pilotId) machine.knows.push(...claimed.map(({ jobId, n }) => ({ jobId, n })));
}

async function beat({ world }: Deployment, machine: Machine): Promise<void> {
  const { pilot } = machine;
  const { stop } = await world.beat(pilot, machine.knows);
  for (const { jobId, n } of stop) {
    machine.knows = machine.knows.filter((known) => known.jobId !== jobId || known.n !== n);
    await world.attempts.outcome(world.keyOf(pilot, { jobId, n }), report('killed'));
  }
}

async function end({ world }: Deployment, machine: Machine, which: number, result: OutcomeReport['result']) {
  const attempt = pick(machine.knows, which);
  if (!attempt) return;
  machine.knows = machine.knows.filter((known) => known !== attempt);
  await world.attempts.outcome(world.keyOf(machine.pilot, attempt), report(result));
}

export async function terminate({ world }: Deployment, { pilot }: Machine): Promise<void> {
  const action = { kind: 'terminate', vmId: pilot.id, because: 'a step' } as const;
  const { calls } = await world.fleet.order([action], { maxVmsPerVo: 99 });
  for (const call of calls) await world.fleet.terminated(call, '');
}

const VERBS = {
  submit: async ({ world, submitted }: Deployment, which: number, amount: number) => {
    const jobs = { vo: VOS[which % 2]!, priority: amount % 3, requirementsKey: `k${which % 3}` };
    submitted.push(...(await world.submit(1 + (amount % 4), jobs)));
  },
  startVm: async ({ world, machines }: Deployment, which: number) => {
    if (machines.length >= MOST_MACHINES) return;
    const vo = VOS[which % 2]!;
    machines.push({ vo, pilot: await world.startVm(vo), knows: [] });
  },
  claim: (all: Deployment, which: number, amount: number) =>
    withMachine(all, which, (machine) => claim(all, machine, amount, true)),
  claimUnheard: (all: Deployment, which: number, amount: number) =>
    withMachine(all, which, (machine) => claim(all, machine, amount, false)),
  phase: (all: Deployment, which: number, amount: number) =>
    withMachine(all, which, async ({ pilot, knows }) => {
      const attempt = pick(knows, amount);
      if (attempt) await all.world.attempts.phase(all.world.keyOf(pilot, attempt), PHASES[amount % 3]!, 'm', undefined);
    }),
  outcome: (all: Deployment, which: number, amount: number) =>
    withMachine(all, which, (machine) => end(all, machine, amount, ENDS[amount % 4]!)),
  beat: (all: Deployment, which: number) => withMachine(all, which, (machine) => beat(all, machine)),
  agentBeat: (all: Deployment, which: number) =>
    withMachine(all, which, ({ pilot }) => all.world.fleet.beatVm(pilot.id, { load1: 0 } as never, '')),
  newPilot: (all: Deployment, which: number) =>
    withMachine(all, which, async (machine) => {
      machine.pilot = { ...machine.pilot, pilotId: randomUUID() as PilotId };
      machine.knows = [];
      await beat(all, machine);
    }),
  waitOutTheGrace: async ({ world }: Deployment) => void (await world.waitOutTheGrace()),
  lose: (all: Deployment, which: number) =>
    withMachine(all, which, async ({ pilot }) => {
      await all.world.silence([pilot], LOST_AFTER_S + 5);
      await all.world.attempts.sweepLost();
    }),
  kill: async ({ world, submitted }: Deployment, which: number) =>
    void (await world.jobs.kill(one(submitted, which), 'a step', 'ada')),
  killAll: async ({ world }: Deployment, which: number) =>
    void (await world.jobs.kill({ vo: VOS[which % 2]! }, 'a step', 'ada')),
  reschedule: async ({ world }: Deployment) => void (await world.jobs.reschedule({}, 'ada')),
  remove: async ({ world, submitted }: Deployment, which: number) =>
    void (await world.jobs.remove(one(submitted, which), 'ada')),
  drain: (all: Deployment, which: number) =>
    withMachine(all, which, ({ pilot }) => all.world.fleet.drain(pilot.id, 'a step')),
  stop: (all: Deployment, which: number) =>
    withMachine(all, which, ({ pilot }) => all.world.fleet.stop(pilot.id, 'a step')),
  halt: (all: Deployment, which: number) =>
    withMachine(all, which, ({ pilot }) => all.world.fleet.confirmHalt(pilot.id, 'a step')),
  terminate: (all: Deployment, which: number) => withMachine(all, which, (machine) => terminate(all, machine)),
} as const;

const USUAL = ['submit', 'claim', 'claim', 'phase', 'outcome', 'beat', 'startVm'] as const;
const anyStep: fc.Arbitrary<Step> = fc.record({
  verb: fc.oneof(fc.constantFrom(...USUAL), fc.constantFrom(...(Object.keys(VERBS) as Step['verb'][]))),
  which: fc.nat(30),
  amount: fc.nat(11),
});
/** Steps of one group are taken together. */
export const anyCourse = fc.array(fc.array(anyStep, { minLength: 1, maxLength: 5 }), { minLength: 5, maxLength: 25 });

export async function takeTogether(all: Deployment, steps: readonly Step[]): Promise<void> {
  await Promise.all(steps.map(({ verb, which, amount }) => VERBS[verb](all, which, amount)));
}

/** Every pilot finishes what it has, new VMs take what waits, and all VMs go. */
export async function windDown(all: Deployment): Promise<void> {
  const { world, machines } = all;
  for (const machine of machines) {
    await beat(all, machine);
    while (machine.knows.length > 0) await end(all, machine, 0, 'done');
    await world.fleet.stop(machine.pilot.id, 'over');
    await terminate(all, machine);
  }
  for (const vo of VOS) {
    const pilot = await world.startVm(vo);
    const machine: Machine = { vo, pilot, knows: [] };
    for (;;) {
      const claimed = await world.claim(pilot, 4);
      if (claimed.length === 0) break;
      machine.knows = claimed.map(({ jobId, n }) => ({ jobId, n }));
      while (machine.knows.length > 0) await end(all, machine, 0, 'done');
    }
    await world.fleet.stop(pilot.id, 'over');
    await terminate(all, machine);
  }
}
