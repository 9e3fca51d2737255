// Drives a service as hard as so many clients can, each beginning anew when it is answered, and notes how long each took.

export interface DriveOptions {
  readonly clients: number;
  /** Not counted: what is measured is a service that has found its pace. */
  readonly warmUpMs: number;
  readonly ms: number;
  /** Does one thing: how long it took in ms, `uncounted`, or `over` when there is nothing left to do. */
  readonly act: (client: number) => Promise<number | 'uncounted' | 'over'>;
  /** Called when counting begins. */
  readonly begin?: () => Promise<void>;
}

export interface Driven {
  readonly count: number;
  readonly seconds: number;
  readonly rate: number;
  /** In ms, in the order of their ends. */
  readonly durations: readonly number[];
  /** How many ended in each second. */
  readonly perSecond: readonly number[];
}

export async function drive({ clients, warmUpMs, ms, act, begin }: DriveOptions): Promise<Driven> {
  const durations: number[] = [];
  const perSecond: number[] = [];
  let over = false;
  let since = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  let last = 0;
  const count = (duration: number) => {
    const now = performance.now();
    if (now < since || now > until) return;
    last = now;
    durations.push(duration);
    const second = Math.floor((now - since) / 1000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  };
  const clientRuns = Array.from({ length: clients }, async (_, client) => {
    while (!over && performance.now() < until) {
      const took = await act(client);
      if (took === 'over') over = true;
      else if (took !== 'uncounted') count(took);
    }
  });
  await Promise.race([pause(warmUpMs), Promise.all(clientRuns)]);
  await begin?.();
  since = performance.now();
  until = since + ms;
  await Promise.all(clientRuns);
  const seconds = (over ? Math.max(last - since, 1) : ms) / 1000;
  return { count: durations.length, seconds, rate: durations.length / seconds, durations, perSecond };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
