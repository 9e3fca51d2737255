import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, type RunningPilot, startPilot } from './pilot.fixture.ts';
import { anAssignment } from './worker-door.fixture.ts';

const capacity = { processors: 2, memoryMb: 1000, diskMb: 0, gpus: 0 };

describe('asking', () => {
  let running: RunningPilot;

  beforeEach(async () => {
    running = await startPilot({ capacity });
    await eventually('the first ask is held', () => running.door.asks.length === 1);
  });
  afterEach(() => running.end());

  const done = (...ids: number[]) =>
    eventually(`jobs ${ids}`, () => ids.every((id) => running.door.outcomes.get(`${id}.1`)?.result === 'done'));
  const sleeping = (id: number, seconds: string) => anAssignment(id, { run: ['/bin/sleep', seconds] });

  it('fills the whole offer by one ask and keeps another open for the rest', async () => {
    running.door.hand(sleeping(1, '0.3'), sleeping(2, '0.3'), sleeping(3, '0'));
    await done(1, 2, 3);
    expect(running.door.asks[0]!.free.processors).toBe(2);
  });

  it('says a lost ask again under its own id and loses no attempt', async () => {
    running.door.lose('ask');
    running.door.hand(anAssignment(1), anAssignment(2));
    await done(1, 2);
    const third = await eventually('a new ask', () => running.door.asks[2]);
    const [first, second] = running.door.asks;
    expect(second).toMatchObject({ askId: first!.askId, waitS: 0 });
    expect(third.askId).not.toBe(first!.askId);
  });

  it('runs an attempt once, however often its ask was answered', async () => {
    running.door.lose('ask', 2);
    running.door.hand(anAssignment(1));
    await done(1);
    expect(running.door.order.filter((one) => one === 'phase 1.1')).toHaveLength(1);
  });

  it('offers room that comes free at once, though an ask with less is held', async () => {
    running.door.hand(sleeping(1, '0.6'));
    await eventually('an ask for the rest', () => running.door.asks.at(-1)!.free.processors === 1);
    await done(1);
    await eventually('an ask for all', () => running.door.asks.at(-1)!.free.processors === 2);
    const cut = running.door.asks.at(-3)!;
    expect(cut.free.processors).toBe(1);
    expect(running.door.asks.at(-2)).toMatchObject({ askId: cut.askId, waitS: 0 });
  });

  it('asks no more when draining, finishes what runs, and goes on when told so', async () => {
    running.door.hand(sleeping(1, '0.5'));
    await eventually('it runs', () => running.door.order.includes('phase 1.1'));
    running.pilot.obey({ version: 5, vm: 'drain', stop: [] });
    await done(1);
    const asks = running.door.asks.length;
    running.door.hand(anAssignment(2));
    running.pilot.obey({ version: 4, vm: 'go-on', stop: [] });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(running.door.asks.length).toBeLessThanOrEqual(asks + 1);
    expect(running.door.outcomes.has('2.1')).toBe(false);
    running.pilot.obey({ version: 6, vm: 'go-on', stop: [] });
    await done(2);
  });

  it('stops an attempt whose stop order came before its assignment', async () => {
    running.pilot.obey({ version: 2, vm: 'go-on', stop: [{ jobId: 1, n: 1, reason: 'early' }] });
    running.door.hand(sleeping(1, '60'));
    const outcome = await eventually('it ends', () => running.door.outcomes.get('1.1'));
    expect(outcome).toMatchObject({ result: 'killed', reason: 'early' });
  });

  it('lists in its beats every attempt it holds, and tells the agent', async () => {
    running.door.hand(sleeping(1, '2.5'));
    await eventually('a beat with it', () => running.door.beats.at(-1)!.attempts[0]?.jobId === 1);
    await eventually('the agent knows', () => running.told.some((one) => one.kind === 'state' && one.open === 1));
    await done(1);
    await eventually('a beat without it', () => running.door.beats.at(-1)!.attempts.length === 0);
  });

  it('hands its attempts back when it is stopped', async () => {
    running.door.hand(sleeping(1, '60'));
    await eventually('it runs', () => running.door.order.includes('phase 1.1'));
    await running.pilot.stop(500, 'the VM is halting');
    expect(running.door.outcomes.get('1.1')).toMatchObject({ result: 'infrastructure', reason: 'the VM is halting' });
  });
});
