import type { Caller, VmId } from '@pilotfish/model';
import { expect, it } from 'vitest';
import { VmCallers } from './vm-callers.ts';

const vm: Caller = { kind: 'vm', vmId: 'v1' as VmId, vo: 'astro' };

function aWorld(answer: () => Promise<Caller | undefined>) {
  const world = { asked: 0, at: 0 };
  const callers = new VmCallers(
    () => {
      world.asked += 1;
      return answer();
    },
    () => world.at,
  );
  return { world, callers };
}

it('asks once a second about a token, however often it comes', async () => {
  const { world, callers } = aWorld(async () => vm);
  const answers = await Promise.all([callers.callerOf('t'), callers.callerOf('t'), callers.callerOf('t')]);
  expect(answers).toEqual([vm, vm, vm]);
  expect(world.asked).toBe(1);
  world.at = 1001;
  await callers.callerOf('t');
  expect(world.asked).toBe(2);
});

it('remembers neither a refusal nor a failure', async () => {
  const answers: (() => Promise<Caller | undefined>)[] = [
    async () => undefined,
    () => Promise.reject(new Error('away')),
    async () => vm,
  ];
  const { callers } = aWorld(() => answers.shift()!());
  expect(await callers.callerOf('t')).toBeUndefined();
  await expect(callers.callerOf('t')).rejects.toThrow('away');
  expect(await callers.callerOf('t')).toEqual(vm);
});

it('asks at once about a VM that it was told to forget', async () => {
  let now: Caller | undefined = vm;
  const { callers } = aWorld(async () => now);
  await callers.callerOf('t');
  now = undefined;
  callers.forget(vm.vmId);
  expect(await callers.callerOf('t')).toBeUndefined();
});
