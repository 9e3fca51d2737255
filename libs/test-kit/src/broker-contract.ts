// What a broker promises, whatever store is behind it; each store's spec runs these tests against a real server.
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';

/** As in the persistence lib, which uses this kit and so can't be imported here. */
interface Broker {
  every(name: string, everyMs: number, handler: () => Promise<void>): Promise<void>;
  queue(
    name: string,
    handler: (id: string) => Promise<void>,
    options: { concurrency: number; attempts?: number },
  ): Promise<{ add(id: string, options?: { delayMs?: number }): Promise<void> }>;
  close(): Promise<void>;
}

export interface BrokerStore {
  /** Opens one more broker on the store, looking after its schedules several times a second. */
  open(log: LogBook): Promise<Broker>;
  /** Loses everything in it. */
  wipe(): Promise<void>;
  /** Ends all connections from the server's side. */
  cut(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const SOON = { timeout: 15_000, interval: 20 };

/** A log that tests can look into. */
export class LogBook {
  readonly lines: string[] = [];
  info = (_: object, message: string) => void this.lines.push(`info ${message}`);
  warn = (fields: object, message: string) => void this.lines.push(`warn ${message} ${JSON.stringify(fields)}`);
  error = (_: object, message: string) => void this.lines.push(`error ${message}`);

  count(level: string): number {
    return this.lines.filter((line) => line.startsWith(level)).length;
  }
}

export function brokerContract(store: BrokerStore): void {
  const opened: Broker[] = [];
  let log = new LogBook();

  async function open(): Promise<Broker> {
    const broker = await store.open(log);
    opened.push(broker);
    return broker;
  }

  /** Counts rounds of a loop that is asked for every 50 ms. */
  async function counting(broker: Broker, name: string): Promise<() => number> {
    let rounds = 0;
    await broker.every(name, 50, async () => void rounds++);
    await expect.poll(() => rounds, SOON).toBeGreaterThan(2);
    return () => rounds;
  }

  async function expectToGoOn(rounds: () => number): Promise<void> {
    const before = rounds();
    await expect.poll(rounds, SOON).toBeGreaterThan(before + 5);
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((broker) => broker.close()));
    await store.wipe();
    log = new LogBook();
  });

  test('a loop goes on after a failed round and never overlaps itself', async () => {
    const broker = await open();
    let running = 0;
    let most = 0;
    let rounds = 0;
    await broker.every('slow: one', 30, async () => {
      most = Math.max(most, ++running);
      await delay(100);
      running--;
      rounds++;
      if (rounds === 1) throw new Error('once');
    });
    await expect.poll(() => rounds, SOON).toBeGreaterThan(4);
    expect(most).toBe(1);
    expect(log.count('error')).toBe(1);
  });

  test('loops run side by side: a slow one does not hold up a quick one', async () => {
    const broker = await open();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await broker.every('stuck', 50, () => held);
    const quick = await counting(broker, 'quick');
    await expectToGoOn(quick);
    release();
  });

  test('two brokers share the rounds of a loop instead of doubling them', async () => {
    const [first, second] = [await open(), await open()];
    const begun = Date.now();
    let rounds = 0;
    const count = async () => void rounds++;
    await first.every('shared', 100, count);
    await second.every('shared', 100, count);
    await expect.poll(() => rounds, SOON).toBeGreaterThan(10);
    expect(rounds).toBeLessThanOrEqual((Date.now() - begun) / 100 + 3);
  });

  test('a queue hands over any id once while it waits or runs, and again afterwards', async () => {
    const broker = await open();
    const seen: string[] = [];
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const handler = async (id: string) => {
      seen.push(id);
      await gate;
    };
    const queue = await broker.queue('ids', handler, { concurrency: 2 });
    await queue.add('os:r1:7');
    await queue.add('42');
    await expect.poll(() => seen.toSorted(), SOON).toEqual(['42', 'os:r1:7']);
    await queue.add('42');
    await queue.add('late');
    await queue.add('late');
    release();
    await expect.poll(() => seen.length, SOON).toBe(3);
    const addAgain = async () => {
      await queue.add('42');
      return seen.filter((id) => id === '42').length;
    };
    await expect.poll(addAgain, SOON).toBeGreaterThan(1);
    expect(seen.filter((id) => id === 'late')).toHaveLength(1);
  });

  test('a failing item is tried again, then given up, told, and may come again', async () => {
    const broker = await open();
    let tries = 0;
    const handler = async () => {
      tries++;
      throw new Error('no');
    };
    const queue = await broker.queue('failing', handler, { concurrency: 1, attempts: 2 });
    await queue.add('x');
    await expect.poll(() => log.count('error'), SOON).toBe(1);
    expect(tries).toBe(2);
    await queue.add('x');
    await expect.poll(() => tries, SOON).toBeGreaterThan(2);
  });

  test('a delayed item waits', async () => {
    const broker = await open();
    const seen: string[] = [];
    const queue = await broker.queue('delayed', async (id) => void seen.push(id), { concurrency: 1 });
    await queue.add('later', { delayMs: 600 });
    await queue.add('now');
    await expect.poll(() => seen, SOON).toEqual(['now', 'later']);
  });

  test('loops and queues go on after everything in the store was lost', async () => {
    const broker = await open();
    const rounds = await counting(broker, 'wiped');
    const seen: string[] = [];
    const queue = await broker.queue('wiped-ids', async (id) => void seen.push(id), { concurrency: 1 });
    for (let time = 1; time <= 2; time++) {
      await store.wipe();
      await expectToGoOn(rounds);
      await queue.add(`after ${time}`);
      await expect.poll(() => seen, SOON).toContain(`after ${time}`);
    }
  });

  test('loops and queues go on after all connections were cut', async () => {
    const broker = await open();
    const rounds = await counting(broker, 'cut');
    const seen: string[] = [];
    const queue = await broker.queue('cut-ids', async (id) => void seen.push(id), { concurrency: 1 });
    for (let time = 1; time <= 3; time++) {
      await store.cut();
      await expectToGoOn(rounds);
      await expect
        .poll(
          () =>
            queue.add(`after ${time}`).then(
              () => true,
              () => false,
            ),
          SOON,
        )
        .toBe(true);
      await expect.poll(() => seen, SOON).toContain(`after ${time}`);
    }
  });

  test('while the server is away it rests and tells once; when it is back everything goes on', async () => {
    const broker = await open();
    const rounds = await counting(broker, 'away');
    const seen: string[] = [];
    const queue = await broker.queue('away-ids', async (id) => void seen.push(id), { concurrency: 1 });
    await store.stop();
    const before = process.cpuUsage();
    await delay(3_000);
    const busy = process.cpuUsage(before);
    expect((busy.user + busy.system) / 3_000_000, 'a hot loop would take a whole core').toBeLessThan(0.5);
    expect(log.count('warn'), log.lines.join('\n')).toBe(1);
    await expect(queue.add('nobody there')).rejects.toThrow();
    await store.start();
    await expectToGoOn(rounds);
    await queue.add('back');
    await expect.poll(() => seen, SOON).toContain('back');
    expect(log.count('warn'), log.lines.join('\n')).toBe(1);
  });

  test('loops and queues made while the server is away begin when it is back', async () => {
    const broker = await open();
    await store.stop();
    let rounds = 0;
    await broker.every('born away', 50, async () => void rounds++);
    const seen: string[] = [];
    const queue = await broker.queue('born-away-ids', async (id) => void seen.push(id), { concurrency: 1 });
    await expect(queue.add('too early')).rejects.toThrow();
    await store.start();
    await expect.poll(() => rounds, SOON).toBeGreaterThan(3);
    await queue.add('x');
    await expect.poll(() => seen, SOON).toContain('x');
    expect(log.count('warn')).toBe(1);
  });

  test('closing lets a running item finish and needs no server', async () => {
    const broker = await open();
    let finished = false;
    let begun = false;
    const slow = async () => {
      begun = true;
      await delay(300);
      finished = true;
    };
    const queue = await broker.queue('closing', slow, { concurrency: 1 });
    await queue.add('x');
    await expect.poll(() => begun, SOON).toBe(true);
    await broker.close();
    expect(finished).toBe(true);
    const other = await open();
    await counting(other, 'closing-away');
    await store.stop();
    await other.close();
    await store.start();
  });
}
